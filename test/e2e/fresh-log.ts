import { randomUUID } from 'node:crypto';
import { eventStoreSettings, type OpenOptions } from '@bestendig/event-store';

/** On the event store that the environment names (EVENT_STORE), a log of its own. */
export function freshLog(databaseUrl: string): OpenOptions {
  const { eventStoreDb } = eventStoreSettings(process.env);
  return { databaseUrl, eventStoreDb: eventStoreDb && { ...eventStoreDb, namespace: `e2e${randomUUID().replaceAll('-', '')}` } };
}
