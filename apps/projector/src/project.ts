import { openEventStore, type EventStoreSettings } from '@bestendig/event-store';
import { runProjector, type Approval } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { pino } from 'pino';
import { startPartThreads } from './part-threads';

export type ProjectOptions = {
  readonly databaseUrl: string;
  /** Where the log is, where it is not in that database. */
  readonly eventStoreDb?: EventStoreSettings['eventStoreDb'];
  /** Whether somebody is to approve where a new version's rows differ; by default: yes. */
  readonly approval?: Approval;
  /** Ends it, between two pages. */ readonly signal: AbortSignal;
  readonly logLevel?: string;
};

/** A line in the log at most this often while it catches up. */
const TELL_MS = 5_000;

/** Follows the log of a database and keeps its read models up to date, until the signal aborts. Several may run: one works, the others wait. */
export async function project({ databaseUrl, eventStoreDb = null, approval = 'required', signal, logLevel = 'info' }: ProjectOptions): Promise<void> {
  const log = pino({ level: logLevel, base: { app: 'projector' } });
  const store = await openEventStore({ databaseUrl, eventStoreDb, maxConnections: 4 });
  let toldAt = -Infinity;
  try {
    await runProjector({
      set: READ_MODELS,
      store,
      databaseUrl,
      signal,
      startFolders: () => startPartThreads({ databaseUrl, eventStoreDb }),
      approval,
      onWaiting: (differences) => log.warn({ differences }, 'the rows of this version differ from those that are live, and wait for approval'),
      onProgress: ({ appliedEvents, atHead }) => {
        if (performance.now() - toldAt < TELL_MS) return;
        toldAt = performance.now();
        log.info({ appliedEvents, atHead }, atHead ? 'up to date' : 'catching up');
      },
      onRetry: (error) => log.warn({ err: error }, 'the database cannot be reached: trying again'),
    });
  } finally {
    await store.close();
  }
}
