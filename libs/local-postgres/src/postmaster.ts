import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A server process of one data directory; it may still be starting, or already be stopping. */
export type Postmaster = { readonly pid: number; readonly port: number };

/** Null where no server of this data directory lives: never started, stopped, or its postmaster.pid was left by a kill. */
export function findPostmaster(dataDir: string): Postmaster | null {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port) || port <= 0) return null;
  return isPostmasterOf(pid, dataDir) ? { pid, port } : null;
}

/**
 * Whether the process that postmaster.pid names is a server, and of this directory: after a restart of the machine or
 * the container the same number is soon another process, which PostgreSQL then takes for a living server.
 */
export function isPostmasterOf(pid: number, dataDir: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    // Not alive, or another user's process. A server of ours has our user, unless we are root, who may signal all.
    return false;
  }
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
    if (process.platform === 'win32') return true;
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().includes(dataDir);
  } catch {
    return false;
  }
}

/** A port on the loopback address that is free now: `wanted`, or any. Rejects where the one wanted is not free. */
export function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
