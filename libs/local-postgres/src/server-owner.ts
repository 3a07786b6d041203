import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { LOCK_SPACE } from './local-database';
import { holdSessionLock } from './session-lock';

/** The one server process of a database, for as long as it lives. */
export type ServerOwner = {
  /** Tells others where this server is reached. */
  announce(address: string): Promise<void>;
  release(): Promise<void>;
};

const OWNER_LOCK = 2;
const NAME = 'bestendig at ';
/** PostgreSQL needs a moment to see that the process that held the lock was killed. */
const CLAIM_MS_MAX = 1_500;
const CLAIM_PAUSE_MS = 100;

/** Becomes the database's server; `heldBy` is the address of the one it has already (empty while that one starts). */
export async function claimServer(databaseUrl: string, onLost: (reason: Error) => void): Promise<{ readonly owner: ServerOwner } | { readonly heldBy: string }> {
  const until = performance.now() + CLAIM_MS_MAX;
  let address = '';
  const claim = async () => {
    const session = await open(databaseUrl, NAME + address);
    const { rows } = await session.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [LOCK_SPACE, OWNER_LOCK]);
    if (rows[0]?.taken === true) return session;
    await session.end();
    throw new HeldError();
  };
  for (;;) {
    try {
      const lock = await holdSessionLock(claim, onLost);
      return {
        owner: {
          announce: async (to) => {
            address = to;
            await lock.session().query("select set_config('application_name', $1, false)", [NAME + to]);
          },
          release: async () => (await lock.release()).end(),
        },
      };
    } catch (error) {
      if (!(error instanceof HeldError)) throw error;
      const heldBy = await serverOf(databaseUrl);
      if (heldBy !== null && performance.now() > until) return { heldBy };
      await sleep(CLAIM_PAUSE_MS);
    }
  }
}

class HeldError extends Error {}

/** Address of the database's server (empty while it starts); null where none runs. */
export async function serverOf(databaseUrl: string): Promise<string | null> {
  const session = await open(databaseUrl, 'bestendig');
  try {
    const { rows } = await session.query<{ name: string }>(
      `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
        where l.locktype = 'advisory' and l.granted and l.classid = $1 and l.objid = $2 and l.objsubid = 2
          and l.database = (select oid from pg_database where datname = current_database())`,
      [LOCK_SPACE, OWNER_LOCK],
    );
    const name = rows[0]?.name;
    return name === undefined ? null : name.startsWith(NAME) ? name.slice(NAME.length) : '';
  } finally {
    await session.end();
  }
}

async function open(databaseUrl: string, name: string): Promise<Client> {
  const session = new Client({ connectionString: databaseUrl, application_name: name });
  session.on('error', () => undefined);
  await session.connect();
  return session;
}
