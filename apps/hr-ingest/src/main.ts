import { runHrIngest } from './run-hr-ingest';
import { hrIngestSettings } from './settings';

/** Takes HR facts from Kafka, against a PostgreSQL that is there already. */
async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const { LOG_LEVEL: logLevel } = environment;
  await runHrIngest({ ...hrIngestSettings(environment), signal: stop.signal, ...(logLevel === undefined ? {} : { logLevel }) });
}

main(process.env).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
