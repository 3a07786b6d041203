import { eventStoreSettings } from '@bestendig/event-store';
import { createApi } from './create-api';
import { parseTokens } from './callers';

/** Runs the API alone, against a PostgreSQL that is there already. The projector runs beside it. */
async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const { DATABASE_URL: databaseUrl, BESTENDIG_SECRET: secret = '', API_TOKENS: tokens, LOG_LEVEL: logLevel } = environment;
  // A variable that is empty counts as not set.
  const [host, port] = [environment['HOST'] || '127.0.0.1', environment['PORT'] || '8080'];
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error('PORT is a number from 0 to 65535.');
  if (databaseUrl === undefined) throw new Error('Set DATABASE_URL to the PostgreSQL to use.');
  if (!/^[0-9a-f]{64}$/i.test(secret)) throw new Error('Set BESTENDIG_SECRET to 64 hex digits: it keeps external keys out of the log, and belongs in your backup.');
  const api = await createApi({
    ...eventStoreSettings(environment),
    ...{ databaseUrl, secret: Buffer.from(secret, 'hex'), host, port: Number(port) },
    tokens: tokens === undefined || tokens === '' ? [] : parseTokens(tokens),
    ...(logLevel === undefined ? {} : { logLevel }),
  });
  process.stdout.write(`Bestendig API at ${api.url}\n`);
  const stop = (): void => void api.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main(process.env).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
