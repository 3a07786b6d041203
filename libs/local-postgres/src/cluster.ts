import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries, run, type RunAs } from './binaries';
import { codeOf, LocalPostgresError } from './errors';
import { findPostmaster, freePort, isPostmasterOf, type Postmaster } from './postmaster';
import { checkReach, systemUser } from './system-user';

/** A PostgreSQL data directory with its password, made once. */
export type Cluster = { readonly dataDir: string; readonly passwordFile: string; readonly runAs: RunAs };

const MAJOR_VERSION = '18';

/**
 * The cluster in `folder`, made where there is none: loopback only, password login (scram-sha-256). It is made beside
 * its place and renamed into it, so one that was killed halfway is never taken for whole, and of two that are made at
 * once one wins.
 * @throws LocalPostgresError `folderNotUsable`, `binariesNotUsable`, `noUser`, `otherVersion`, `platformUnsupported`, `commandFailed`
 */
export async function initCluster(folder: string): Promise<Cluster> {
  const home = join(resolve(folder), 'postgres');
  makeFolder(resolve(folder));
  const runAs = systemUser(join(home, 'data'));
  await checkReach(runAs, findBinaries(), resolve(folder));
  removeUnfinished(resolve(folder));
  if (!existsSync(home)) await makeCluster(home, runAs);
  const cluster = clusterAt(home, runAs);
  checkCluster(cluster);
  return cluster;
}

function clusterAt(home: string, runAs: RunAs): Cluster {
  return { dataDir: join(home, 'data'), passwordFile: join(home, 'password'), runAs };
}

function makeFolder(folder: string): void {
  try {
    // 0711: the user that runs PostgreSQL passes through to its own directory and sees nothing else here.
    if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o711);
  } catch (error) {
    throw new LocalPostgresError('folderNotUsable', `The data folder ${folder} cannot be made: ${String(error)}`, { cause: error });
  }
}

async function makeCluster(home: string, runAs: RunAs): Promise<void> {
  const unfinished = `${home}.init-${process.pid}-${randomBytes(4).toString('hex')}`;
  const { dataDir, passwordFile } = clusterAt(unfinished, runAs);
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    mkdirSync(dataDir, { mode: 0o700 });
  } catch (error) {
    throw new LocalPostgresError('folderNotUsable', `The data folder cannot be written: ${String(error)}`, { cause: error });
  }
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (runAs !== null) for (const path of [unfinished, dataDir, passwordFile]) chownSync(path, runAs.uid, runAs.gid);
  await run(findBinaries().initdb, ['-D', dataDir, '-U', 'bestendig', `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--no-locale'], runAs);
  try {
    renameSync(unfinished, home);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process made it in the meantime: that one is as good.
    if (!existsSync(home)) throw error;
  }
}

/** What processes that no longer live left of a cluster they were making. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^postgres\.init-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || lives(Number(pid))) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** True where a process with this id runs, whoever's it is. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function checkCluster({ dataDir, passwordFile }: Cluster): void {
  let version: string;
  try {
    version = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
    readFileSync(passwordFile);
  } catch (error) {
    throw new LocalPostgresError('folderNotUsable', `The database in ${dataDir} cannot be read (made by another user?): ${String(error)}`, { cause: error });
  }
  if (version !== MAJOR_VERSION)
    throw new LocalPostgresError('otherVersion', `The database in ${dataDir} was made by PostgreSQL ${version}; this is ${MAJOR_VERSION}.`);
}

/** Starts the cluster's server on a loopback port and waits until it answers. `settings` are postgresql.conf settings. */
export async function startCluster(cluster: Cluster, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  removeStalePidFile(cluster);
  const log = join(cluster.dataDir, 'server.log');
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > SERVER_LOG_BYTES_MAX) renameSync(log, `${log}.old`);
  const options = { listen_addresses: '127.0.0.1', port: String(await portFor(cluster)), unix_socket_directories: '', timezone: 'UTC', log_timezone: 'UTC', ...settings };
  const flags = Object.entries(options).map(([name, value]) => `-c ${name}='${value}'`).join(' '); // prettier-ignore
  try {
    await run(findBinaries().pgCtl, ['start', '-w', '-t', '120', '-D', cluster.dataDir, '-l', log, '-o', flags], cluster.runAs);
  } catch (error) {
    throw new LocalPostgresError('commandFailed', `${error instanceof Error ? error.message : String(error)}\n${logTail(log)}`, { cause: error });
  }
}

function logTail(log: string): string {
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n') : '';
}

const LOG_TAIL_LINES = 6;

const SERVER_LOG_BYTES_MAX = 8 * 1024 * 1024;

/** The port of the start before, where it is free: who still lives after a crash of the server finds it again where it was. */
async function portFor({ dataDir }: Cluster): Promise<number> {
  const options = join(dataDir, 'postmaster.opts');
  const before = existsSync(options) ? /\bport=(\d+)/.exec(readFileSync(options, 'utf8'))?.[1] : undefined;
  return before === undefined ? freePort() : freePort(Number(before)).catch(() => freePort());
}

/** One whose number now belongs to another process keeps PostgreSQL from starting. */
function removeStalePidFile({ dataDir }: Cluster): void {
  const file = join(dataDir, 'postmaster.pid');
  if (!isStale(file, dataDir)) return;
  const aside = `${file}.${process.pid}`;
  renameSync(file, aside);
  // Another process may have started the server since the look: then the file is that server's and goes back.
  if (isStale(aside, dataDir)) rmSync(aside, { force: true });
  else renameSync(aside, file);
}

function isStale(pidFile: string, dataDir: string): boolean {
  if (!existsSync(pidFile)) return false;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 && lives(pid) && !isPostmasterOf(pid, dataDir);
}

/** Stops it in good order; nothing happens where it does not run. */
export async function stopCluster(cluster: Cluster, mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
  const server = runningServer(cluster);
  if (server === null) return;
  await run(findBinaries().pgCtl, ['kill', mode === 'fast' ? 'INT' : 'QUIT', String(server.pid)], cluster.runAs);
  // Not by pg_ctl's own waiting, which takes a server that another process starts meanwhile for the one it waits for.
  const until = performance.now() + STOP_MS_MAX;
  while (isPostmasterOf(server.pid, cluster.dataDir)) {
    if (performance.now() > until) throw new LocalPostgresError('notAnswering', `PostgreSQL in ${cluster.dataDir} (process ${server.pid}) does not stop.`);
    await sleep(STOP_PAUSE_MS);
  }
}

/** It writes what is in memory to disk first. */
const STOP_MS_MAX = 300_000;
const STOP_PAUSE_MS = 20;

/** Process id and port of the cluster's server, where it lives; it may still be starting. */
export function runningServer(cluster: Cluster): Postmaster | null {
  return findPostmaster(cluster.dataDir);
}

/** How to connect to the running server. @throws LocalPostgresError `notAnswering` where none runs. */
export function connectionString(cluster: Cluster, database = 'postgres'): string {
  const server = runningServer(cluster);
  if (server === null) throw new LocalPostgresError('notAnswering', `PostgreSQL in ${cluster.dataDir} does not run.`);
  const password = readFileSync(cluster.passwordFile, 'utf8').trim();
  return `postgres://bestendig:${password}@127.0.0.1:${server.port}/${database}`;
}
