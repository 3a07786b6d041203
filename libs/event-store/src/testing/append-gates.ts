/**
 * Where an append to PostgreSQL can be made to wait, for tests that kill somebody just then: a transaction that carries out `lock`
 * holds it until it ends, while reads go on; `waiting` is how what waits there begins, or what it holds, by `like`.
 */
export const APPEND_GATES = {
  /** Nothing of the append has begun. */
  atFirst: { lock: 'select 1 from event_store.head for update', waiting: '%event_store.head%' },
  /** Its events are being written. */
  atItsEvents: { lock: 'lock table event_store.events in share mode', waiting: '%insert into event_store.events%' },
} as const;
