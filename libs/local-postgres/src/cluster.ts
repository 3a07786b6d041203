import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findBinaries, LocalPostgresError, run, type RunAs } from './binaries';

/** A PostgreSQL data directory with its password, made once. */
export type Cluster = { readonly dataDir: string; readonly passwordFile: string };

/** Makes a cluster under `folder` where there is none: loopback only, password login (scram-sha-256). */
export async function initCluster(folder: string): Promise<Cluster> {
  const cluster = { dataDir: join(folder, 'postgres'), passwordFile: join(folder, 'postgres.password') };
  if (existsSync(join(cluster.dataDir, 'PG_VERSION'))) return cluster;
  const runAs = postgresUser();
  mkdirSync(folder, { recursive: true });
  // An initdb that was killed halfway leaves a directory without PG_VERSION last written: begin again.
  rmSync(cluster.dataDir, { recursive: true, force: true });
  mkdirSync(cluster.dataDir, { mode: 0o700 });
  writeFileSync(cluster.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (runAs !== null) for (const path of [cluster.dataDir, cluster.passwordFile]) chownSync(path, runAs.uid, runAs.gid);
  const { initdb } = findBinaries();
  await run(initdb, ['-D', cluster.dataDir, '-U', 'bestendig', `--pwfile=${cluster.passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--no-locale'], runAs);
  return cluster;
}

/** Starts the cluster's server on a free loopback port and waits until it answers. `settings` are postgresql.conf settings. */
export async function startCluster(cluster: Cluster, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  const port = await freePort();
  const options = Object.entries({ listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', ...settings });
  const flags = options.map(([name, value]) => `-c ${name}='${value}'`).join(' ');
  await run(findBinaries().pgCtl, ['start', '-w', '-t', '120', '-D', cluster.dataDir, '-l', join(cluster.dataDir, 'server.log'), '-o', flags], postgresUser());
}

/** Stops it in good order; nothing happens where it does not run. */
export async function stopCluster(cluster: Cluster, mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
  if (runningServer(cluster) === null) return;
  await run(findBinaries().pgCtl, ['stop', '-w', '-t', '120', '-m', mode, '-D', cluster.dataDir], postgresUser());
}

/** Process id and port from postmaster.pid, where that process lives; it may still be starting. */
export function runningServer(cluster: Cluster): { readonly pid: number; readonly port: number } | null {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster.dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port) || port <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  return { pid, port };
}

/** How to connect to the running server. */
export function connectionString(cluster: Cluster, database = 'postgres'): string {
  const server = runningServer(cluster);
  if (server === null) throw new LocalPostgresError('commandFailed', `PostgreSQL in ${cluster.dataDir} does not run.`);
  const password = readFileSync(cluster.passwordFile, 'utf8').trim();
  return `postgres://bestendig:${password}@127.0.0.1:${server.port}/${database}`;
}

/** Null unless this process is root. @throws LocalPostgresError `noUser` where root has no user to hand over to. */
export function postgresUser(): RunAs {
  if (process.getuid === undefined || process.getuid() !== 0) return null;
  const idOf = (flag: '-u' | '-g') => Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    // PostgreSQL refuses to run as root, so as root a system user is made for it, once.
    try {
      execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], { stdio: 'ignore' });
      return { uid: idOf('-u'), gid: idOf('-g') };
    } catch {
      throw new LocalPostgresError('noUser', 'PostgreSQL does not run as root and the system user "postgres" cannot be made: run as another user.');
    }
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
