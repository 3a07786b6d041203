import { randomInt } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useDatabase } from '@bestendig/local-postgres';
import { Client } from 'pg';
import { codeOf } from '../errors';

/** An empty database that lives as long as its user. */
export type ScratchDatabase = { readonly url: string; drop(): Promise<void> };

const NAME = 'bestendig_scratch_';
/** First part of the lock that says that a scratch database is in use ("scra" in ASCII). */
const LOCK_SPACE = 0x73637261;

/**
 * Makes a database beside `databaseUrl`, in the same server; where its user may not, in a server of its own in the
 * temporary folder. Those of processes that were killed are dropped first.
 */
export async function makeScratchDatabase(databaseUrl: string): Promise<ScratchDatabase> {
  const session = new Client({ connectionString: databaseUrl, application_name: 'bestendig scratch' });
  session.on('error', () => undefined);
  await session.connect();
  try {
    await dropLeftOver(session);
    const number = randomInt(1, 2 ** 31);
    await session.query('select pg_advisory_lock($1, $2)', [LOCK_SPACE, number]);
    await session.query(`create database ${NAME}${number}`);
    // What is thrown away need not wait for the disk.
    await session.query(`alter database ${NAME}${number} set synchronous_commit = off`);
    return { url: scratchUrl(databaseUrl, `${NAME}${number}`), drop: () => drop(session, number) };
  } catch (error) {
    await session.end();
    if (codeOf(error) === INSUFFICIENT_PRIVILEGE) return makeScratchServer();
    throw error;
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';

async function drop(session: Client, number: number): Promise<void> {
  try {
    await session.query(`drop database if exists ${NAME}${number} with (force)`);
  } finally {
    await session.end().catch(() => undefined);
  }
}

async function dropLeftOver(session: Client): Promise<void> {
  const { rows } = await session.query<{ number: string }>(`select substring(datname from $1) as number from pg_database where datname ~ $1`, [`^${NAME}([0-9]{1,10})$`]);
  for (const { number } of rows) {
    const { rows: locks } = await session.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [LOCK_SPACE, Number(number)]);
    if (locks[0]?.taken !== true) continue;
    // One that this user may not drop is somebody else's to drop.
    await session.query(`drop database if exists ${NAME}${number}`).catch(() => undefined);
    await session.query('select pg_advisory_unlock($1, $2)', [LOCK_SPACE, Number(number)]);
  }
}

function scratchUrl(databaseUrl: string, database: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

async function makeScratchServer(): Promise<ScratchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-scratch-'));
  // The user that runs PostgreSQL, where that is not this one, passes through.
  chmodSync(folder, 0o711);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const { url, leave } = await useDatabase({ folder, onLost: () => undefined });
    return { url, drop: () => leave().then(remove, remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
