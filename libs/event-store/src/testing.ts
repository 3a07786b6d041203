export { eventStoreConformance } from './testing/conformance';
export type { EventStoreKit, MakeKit } from './testing/kit';
