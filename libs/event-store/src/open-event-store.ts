import { EventStoreError, type EventStore } from './port';
import { openPostgresEventStore } from './postgres/postgres-store';
import type { Upcasters } from './reading';

/** Where the log is kept: null for PostgreSQL, in the database that the read models are in too. */
export type EventStoreSettings = {
  readonly eventStoreDb: null | {
    /** `esdb://` or `kurrentdb://`, with what TLS and credentials need. Not to be logged. */
    readonly url: string;
    /** Put before every stream's name, so that several logs can share a cluster; '' for none. */
    readonly namespace: string;
  };
};

export type OpenOptions = EventStoreSettings & {
  /** The log itself, or, where it is kept in EventStoreDB, the lock that appends take and small rows beside the log. */
  readonly databaseUrl: string;
  /** Connections to PostgreSQL in all. */
  readonly maxConnections?: number;
  readonly upcasters?: Upcasters;
};

/** Opens the store that the settings name. @throws EventStoreError `unavailable`, `unauthorised`, `otherLog` */
export async function openEventStore({ eventStoreDb, ...options }: OpenOptions): Promise<EventStore> {
  if (eventStoreDb === null) return openPostgresEventStore(options);
  // Its clients take time and memory to load, in every thread of every process.
  const { openEventStoreDbStore } = await import('./eventstoredb/eventstoredb-store');
  return openEventStoreDbStore({ ...options, ...eventStoreDb });
}

const STORES = ['postgresql', 'eventstoredb'];
const NAMESPACE = /^[A-Za-z0-9]{0,40}$/;
const SCHEME = /^(esdb|eventstoredb|kurrent|kurrentdb|kdb)(\+discover)?:\/\/./;

/**
 * What the environment says: EVENT_STORE (`postgresql`, which is the default, or `eventstoredb`), EVENTSTOREDB_URL and EVENTSTOREDB_NAMESPACE.
 * No message repeats a value: a URL may hold a password.
 *
 * @throws EventStoreError `badSettings`
 */
export function eventStoreSettings(environment: Readonly<Record<string, string | undefined>>): EventStoreSettings {
  const store = environment['EVENT_STORE'] ?? '';
  const url = environment['EVENTSTOREDB_URL'] ?? '';
  const namespace = environment['EVENTSTOREDB_NAMESPACE'] ?? '';
  if (store !== '' && !STORES.includes(store)) throw bad('EVENT_STORE is postgresql or eventstoredb.');
  if (store !== 'eventstoredb') return { eventStoreDb: null };
  if (url === '') throw bad('EVENT_STORE=eventstoredb needs EVENTSTOREDB_URL.');
  if (!SCHEME.test(url)) throw bad('EVENTSTOREDB_URL begins with esdb:// or kurrentdb://, or with +discover for a cluster that is found by its name.');
  if (!NAMESPACE.test(namespace)) throw bad('EVENTSTOREDB_NAMESPACE is at most 40 letters and digits.');
  return { eventStoreDb: { url, namespace } };
}

function bad(message: string): EventStoreError {
  return new EventStoreError('badSettings', message);
}
