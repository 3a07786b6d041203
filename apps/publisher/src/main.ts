import { runPublisher } from './run-publisher';
import { publisherSettings } from './settings';

/** Publishes placements to Kafka, from a PostgreSQL that is there already. */
async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const { LOG_LEVEL: logLevel } = environment;
  await runPublisher({ ...publisherSettings(environment), signal: stop.signal, ...(logLevel === undefined ? {} : { logLevel }) });
}

main(process.env).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
