import { project } from './project';

/** Runs the projector alone, against a PostgreSQL that is there already. */
async function main({ DATABASE_URL: databaseUrl, LOG_LEVEL: logLevel }: NodeJS.ProcessEnv): Promise<void> {
  if (databaseUrl === undefined) throw new Error('Set DATABASE_URL to the PostgreSQL to use.');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  await project({ databaseUrl, signal: stop.signal, ...(logLevel === undefined ? {} : { logLevel }) });
}

main(process.env).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
