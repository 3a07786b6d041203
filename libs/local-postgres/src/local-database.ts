import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { connectionString, initCluster, runningServer, startCluster, stopCluster, type Cluster } from './cluster';
import { codeOf, LocalPostgresError } from './errors';
import { holdSessionLock, type Outage } from './session-lock';

/** A database in use by this process. */
export type DatabaseInUse = {
  readonly url: string;
  /** Whether this process started the server, found it running, or was given it by its user. */
  readonly server: 'started' | 'attached' | 'own';
  /** Stops using it. The last user of a data folder stops its server. */
  leave(): Promise<'stopped' | 'stillUsed' | 'own'>;
};

export type UseDatabaseOptions = {
  /** The data folder; made where it is not there. */
  readonly folder: string;
  /** The user's own PostgreSQL: the data folder's database is then left alone. */
  readonly databaseUrl?: string;
  /** Told when the server is gone and does not come back. */
  readonly onLost: (reason: Error) => void;
  /** Told when the server of the data folder went away, and when it is there again. */
  readonly onOutage?: (now: Outage) => void;
};

/**
 * Uses the database of a data folder. One that runs is attached to (also one that a killed process left behind); one
 * that is stopped is started, recovering from a crash where there was one. Any number of processes may do so at once:
 * each holds a shared lock in the server for as long as it uses it.
 * @throws LocalPostgresError
 */
export async function useDatabase({ folder, databaseUrl, onLost, onOutage }: UseDatabaseOptions): Promise<DatabaseInUse> {
  if (databaseUrl !== undefined) {
    await checkOwn(databaseUrl);
    return { url: databaseUrl, server: 'own', leave: async () => 'own' };
  }
  const cluster = await initCluster(folder);
  let started = false;
  let port: number | undefined;
  const take = async (released: () => boolean) => {
    const entered = await enter(cluster, released);
    started ||= entered.started;
    port ??= entered.session.port;
    if (entered.session.port !== port) onLost(new Error('it came back at another port, because its own was taken meanwhile'));
    return entered.session;
  };
  const lock = await holdSessionLock(take, onLost, onOutage);
  await ensureDatabase(lock.session());
  const url = connectionString(cluster, DATABASE);
  return { url, server: started ? 'started' : 'attached', leave: async () => leave(cluster, await lock.release()) };
}

const DATABASE = 'bestendig';
/** Two-part advisory locks of this system: the first part is ours ("best" in ASCII), the second says which. */
export const LOCK_SPACE = 0x62657374;
const USERS_LOCK = 1;

/** PostgreSQL's defaults are for a machine of thirty years ago; durability stays as it is by default. */
const SERVER_SETTINGS = {
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  work_mem: '32MB',
  maintenance_work_mem: '256MB',
  jit: 'off',
} as const;

const ENTER_MS_MAX = 600_000;
const ENTER_PAUSE_MS = 50;
const START_FAILURES_MAX = 5;
/** Processes of a server that was killed may live for some seconds more and keep its shared memory. */
const SHARED_MEMORY_FAILURES_MAX = 60;
const SHARED_MEMORY_PAUSE_MS = 500;

/** A session that holds the users' lock of a running server; started by this process or not. */
async function enter(cluster: Cluster, released: () => boolean): Promise<{ readonly session: Client; readonly started: boolean }> {
  const until = performance.now() + ENTER_MS_MAX;
  let started = false;
  let failures = 0;
  for (;;) {
    if (runningServer(cluster) === null) {
      try {
        await startCluster(cluster, SERVER_SETTINGS);
        started = true;
      } catch (error) {
        // Where two processes start it at once one of them fails, and finds the other's.
        const memoryHeld = error instanceof Error && error.message.includes('pre-existing shared memory block');
        if (runningServer(cluster) === null && ++failures >= (memoryHeld ? SHARED_MEMORY_FAILURES_MAX : START_FAILURES_MAX)) throw error;
        if (memoryHeld && !released()) await sleep(SHARED_MEMORY_PAUSE_MS);
      }
    }
    const session = await tryEnter(cluster);
    if (session !== null) return { session, started };
    if (released() || performance.now() > until) throw new LocalPostgresError('notAnswering', `PostgreSQL in ${cluster.dataDir} does not answer.`);
    await sleep(ENTER_PAUSE_MS);
  }
}

/** Null while the server starts, recovers or stops, or its last user is about to stop it. */
async function tryEnter(cluster: Cluster): Promise<Client | null> {
  if (runningServer(cluster) === null) return null;
  const session = new Client({ connectionString: connectionString(cluster), application_name: 'bestendig user', connectionTimeoutMillis: 10_000 });
  session.on('error', () => undefined);
  try {
    await session.connect();
    const { rows } = await session.query<{ taken: boolean }>('select pg_try_advisory_lock_shared($1, $2) as taken', [LOCK_SPACE, USERS_LOCK]);
    if (rows[0]?.taken === true) return session;
  } catch (error) {
    if (isLoginRefused(error)) throw new LocalPostgresError('folderNotUsable', `PostgreSQL in ${cluster.dataDir} refuses the password in ${cluster.passwordFile}.`);
  }
  letGo(session);
  return null;
}

function isLoginRefused(error: unknown): boolean {
  return ['28P01', '28000'].includes(codeOf(error) ?? '');
}

async function leave(cluster: Cluster, held: Client): Promise<'stopped' | 'stillUsed'> {
  let session: Client | null = held;
  for (let attempt = 0; session !== null && attempt < LEAVE_ATTEMPTS_MAX; attempt++) {
    const asking: Client = session;
    const left = await tryLeave(cluster, asking).finally(() => letGo(asking));
    if (left !== 'broken') return left;
    // Where the server is there (again), another session asks.
    session = await tryEnter(cluster);
  }
  return runningServer(cluster) === null ? 'stopped' : 'stillUsed';
}

const LEAVE_ATTEMPTS_MAX = 3;

async function tryLeave(cluster: Cluster, session: Client): Promise<'stopped' | 'stillUsed' | 'broken'> {
  try {
    // First let go, then ask for all of it: of two that leave at once the later one finds nobody left.
    await session.query('select pg_advisory_unlock_shared($1, $2)', [LOCK_SPACE, USERS_LOCK]);
    const { rows } = await session.query<{ alone: boolean }>('select pg_try_advisory_lock($1, $2) as alone', [LOCK_SPACE, USERS_LOCK]);
    if (rows[0]?.alone !== true) return 'stillUsed';
  } catch {
    return 'broken';
  }
  await stopCluster(cluster);
  return 'stopped';
}

/** Not awaited: pg never answers the end of a session that the server broke off first. */
function letGo(session: Client): void {
  void session.end().catch(() => undefined);
}

async function ensureDatabase(session: Client): Promise<void> {
  const { rowCount } = await session.query('select from pg_database where datname = $1', [DATABASE]);
  if (rowCount === 1) return;
  try {
    await session.query(`create database ${DATABASE}`);
  } catch (error) {
    // Made by another process at the same moment: 42P04, or 23505 where both got as far as the catalogue.
    if (!['42P04', '23505'].includes(codeOf(error) ?? '')) throw error;
  }
}

async function checkOwn(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 15_000 });
  try {
    await client.connect();
  } catch (error) {
    // The address may hold a password: only the server's own words are repeated.
    throw new LocalPostgresError('notAnswering', `The PostgreSQL of DATABASE_URL cannot be used: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  await client.end();
}
