import { Client, Pool, type ClientConfig } from 'pg';

const CONNECT_TIMEOUT_MS = 10_000;

export type ConnectOptions = {
  readonly databaseUrl: string;
  /** As an operator sees it in pg_stat_activity. */
  readonly name: string;
  /** Server settings of the session, as `-c name=value`. */
  readonly settings?: string;
  /** A server that answers a statement with nothing at all for so long is taken for frozen; unless given, waited for. */
  readonly answerTimeoutMs?: number;
  /** Statements are sent without waiting for the answers to those before. */
  readonly pipeline?: boolean;
};
export type PoolOptions = ConnectOptions & { readonly maxConnections: number };

/** Connections for many, each made when it is needed. One that breaks is replaced at the next statement, which tells what is wrong. */
export function openPool(options: PoolOptions): Pool {
  const pool = new Pool({ ...configOf(options), max: options.maxConnections });
  pool.on('error', ignoreLoss);
  // One that breaks while it is lent out tells its next statement; unheard it would end the process.
  pool.on('connect', (client) => client.on('error', ignoreLoss));
  return pool;
}

/** One connection, for who needs a session of its own: a lock, a transaction, a LISTEN. The caller ends it. */
export async function connect(options: ConnectOptions): Promise<Client> {
  const client = new Client(configOf(options));
  client.on('error', ignoreLoss);
  try {
    await client.connect();
    return client;
  } catch (error) {
    void client.end().catch(ignoreLoss);
    throw error;
  }
}

function configOf({ databaseUrl, name, settings, answerTimeoutMs, pipeline }: ConnectOptions): ClientConfig {
  return {
    connectionString: databaseUrl,
    application_name: `bestendig ${name}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    ...(settings === undefined ? {} : { options: settings }),
    ...(answerTimeoutMs === undefined ? {} : { query_timeout: answerTimeoutMs }),
    ...(pipeline === undefined ? {} : { pipeline }),
  };
}

/** The next statement on a lost connection fails: that is where the loss is handled. */
function ignoreLoss(): void {}
