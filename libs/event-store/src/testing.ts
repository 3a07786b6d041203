export { APPEND_GATES } from './testing/append-gates';
export { eventStoreConformance } from './testing/conformance';
export { BareInsert, bareRows, type BareRow } from './testing/bare-insert';
export type { EventStoreKit, Kept, MakeKit } from './testing/kit';
export { eventStoreDbCommand, findEventStoreDb, NO_COMMAND, OwnServer, type TestServer } from './testing/eventstoredb-server';
