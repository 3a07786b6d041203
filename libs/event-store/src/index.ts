export * from './port';
export { canonicalJson, sha256Hex } from './canonical';
export { BEGINNING_OF_TIME, instantOf, isInstant, microsOf } from './instants';
export { createMemoryEventStore, type MemoryOptions } from './memory-store';
export { eventStoreSettings, openEventStore, type EventStoreSettings, type OpenOptions } from './open-event-store';
export { migrateEventStore } from './postgres/migrations';
export { openPostgresEventStore, type PostgresOptions } from './postgres/postgres-store';
export type { Upcasters } from './reading';
