export { eventStoreConformance } from './testing/conformance';
export type { EventStoreKit, Kept, MakeKit } from './testing/kit';
