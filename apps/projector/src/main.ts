import { eventStoreSettings } from '@bestendig/event-store';
import { project } from './project';
import { rebuildCopyFolder } from './rebuild-source';

/** Runs the projector alone, against a PostgreSQL that is there already. */
async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const { DATABASE_URL: databaseUrl, LOG_LEVEL: logLevel, REBUILD_APPROVAL: approval = '' } = environment;
  if (databaseUrl === undefined) throw new Error('Set DATABASE_URL to the PostgreSQL to use.');
  if (!['', 'required', 'automatic'].includes(approval)) throw new Error('REBUILD_APPROVAL is required or automatic.');
  rebuildCopyFolder(eventStoreSettings(environment), environment);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  await project({ databaseUrl, ...eventStoreSettings(environment), approval: approval === 'automatic' ? 'automatic' : 'required', signal: stop.signal, ...(logLevel === undefined ? {} : { logLevel }) });
}

main(process.env).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
