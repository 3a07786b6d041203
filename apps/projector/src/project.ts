import { openPostgresEventStore } from '@bestendig/event-store';
import { runProjector } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { pino } from 'pino';

export type ProjectOptions = {
  readonly databaseUrl: string;
  /** Ends it, between two pages. */ readonly signal: AbortSignal;
  readonly logLevel?: string;
};

/** A line in the log at most this often while it catches up. */
const TELL_MS = 5_000;

/** Follows the log of a database and keeps its read models up to date, until the signal aborts. Several may run: one works, the others wait. */
export async function project({ databaseUrl, signal, logLevel = 'info' }: ProjectOptions): Promise<void> {
  const log = pino({ level: logLevel, base: { app: 'projector' } });
  const store = await openPostgresEventStore({ databaseUrl, maxConnections: 4 });
  let toldAt = 0;
  try {
    await runProjector({
      set: READ_MODELS,
      store,
      databaseUrl,
      signal,
      onProgress: ({ appliedEvents, atHead }) => {
        if (Date.now() - toldAt < TELL_MS) return;
        toldAt = Date.now();
        log.info({ appliedEvents, atHead }, atHead ? 'up to date' : 'catching up');
      },
      onRetry: (error) => log.warn({ err: error }, 'the database cannot be reached: trying again'),
    });
  } finally {
    await store.close();
  }
}
