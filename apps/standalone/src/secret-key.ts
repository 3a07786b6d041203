import { createHmac, randomBytes } from 'node:crypto';
import { constants, copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { codeOf, StandaloneError } from './errors';
import { SECRET, type Settings } from './settings';

/**
 * The secret from which ids are derived: BESTENDIG_SECRET, or the file in the data folder, made (0600) where there is none.
 * @throws StandaloneError `secretUnusable`
 */
export function readSecret({ secret, dataFolder }: Settings): Buffer {
  if (secret !== undefined) return secret;
  const file = join(dataFolder, 'secret.key');
  let text = readOrNull(file);
  if (text === null) {
    makeSecret(file);
    text = readOrNull(file);
  }
  if (text === null || !SECRET.test(text)) throw new StandaloneError('secretUnusable', `${file} must hold 64 hex digits: put back the one from your backup.`);
  return Buffer.from(text, 'hex');
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new StandaloneError('secretUnusable', `${file} cannot be read: ${String(error)}`, { cause: error });
  }
}

/** Written beside its place and linked into it, so that of two processes that make it one wins and nobody sees half of it. */
function makeSecret(file: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true });
    link(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw new StandaloneError('secretUnusable', `${file} cannot be made: ${String(error)}`, { cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
}

function link(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    // Some file systems (exFAT, some mounted volumes) have no links.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
    copyFileSync(draft, file, constants.COPYFILE_EXCL);
  }
}

/**
 * Remembers under which secret a database is filled, and refuses another one: with it every person and job would be new,
 * and a file imported again would be recorded twice. The database holds a one-way mark, not the secret.
 * @throws StandaloneError `secretDiffers`
 */
export async function checkSecret(databaseUrl: string, secret: Buffer): Promise<void> {
  const mark = createHmac('sha256', secret).update('bestendig: mark of the secret').digest('hex');
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Under a lock: two sessions that make the same schema at once would fail on the catalogue.
    await client.query(`begin; select pg_advisory_xact_lock(hashtext('bestendig installation'));
      create schema if not exists installation;
      create table if not exists installation.secret_mark (single boolean primary key default true check (single), mark text not null)`);
    await client.query('insert into installation.secret_mark (mark) values ($1) on conflict do nothing', [mark]);
    const { rows } = await client.query<{ mark: string }>('select mark from installation.secret_mark');
    await client.query('commit');
    if (rows[0]?.mark === mark) return;
  } finally {
    await client.end();
  }
  throw new StandaloneError('secretDiffers', 'This database was filled under another secret: use the secret.key (or BESTENDIG_SECRET) that belongs to it, or an empty database.');
}
