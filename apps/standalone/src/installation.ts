import { useDatabase, type DatabaseInUse } from '@bestendig/local-postgres';
import type { OpenOptions } from '@bestendig/event-store';
import { StandaloneError } from './errors';
import { checkSecret, readSecret } from './secret-key';
import type { Settings } from './settings';

/** The data folder's database and secret, in use by this process. */
export type Installation = {
  readonly settings: Settings;
  readonly databaseUrl: string;
  /** What the event store is opened with. */
  readonly log: OpenOptions;
  readonly secret: Buffer;
  /** Aborts when the database is gone for good. Its reason is a StandaloneError `databaseLost`. */
  readonly lost: AbortSignal;
  leave(): Promise<'stopped' | 'stillUsed' | 'own'>;
};

/** Starts the data folder's database or attaches to it. @throws LocalPostgresError or StandaloneError */
export async function enterInstallation(settings: Settings): Promise<Installation> {
  const lost = new AbortController();
  const onLost = (reason: Error) => lost.abort(new StandaloneError('databaseLost', `PostgreSQL went away and did not come back: ${reason.message}`));
  const database = await useDatabase({
    folder: settings.dataFolder,
    ...(settings.databaseUrl === undefined ? {} : { databaseUrl: settings.databaseUrl }),
    onLost,
    onOutage: (now) => console.error(now === 'away' ? 'PostgreSQL went away. It is started again.' : 'PostgreSQL is there again.'),
  });
  try {
    return await openInstallation(settings, database, lost.signal);
  } catch (error) {
    await database.leave();
    throw error;
  }
}

async function openInstallation(settings: Settings, database: DatabaseInUse, lost: AbortSignal): Promise<Installation> {
  const secret = readSecret(settings);
  await checkSecret(database.url, secret);
  const log = { databaseUrl: database.url, eventStoreDb: settings.eventStoreDb };
  return { settings, databaseUrl: database.url, log, secret, lost, leave: () => database.leave() };
}

/** Enters, does the work and leaves, whatever happens: the last to leave stops the server. */
export async function withInstallation<T>(settings: Settings, work: (installation: Installation) => Promise<T>): Promise<T> {
  const installation = await enterInstallation(settings);
  try {
    return await work(installation);
  } finally {
    await installation.leave();
  }
}
