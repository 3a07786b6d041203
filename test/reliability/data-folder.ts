import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresEventStore, type Position } from '@bestendig/event-store';
import { initCluster, stopCluster, useDatabase } from '@bestendig/local-postgres';
import { generateHistory } from '@bestendig/standalone';
import { Client } from 'pg';

/** The text of a synthetic history file. */
export const historyText = (asked: Parameters<typeof generateHistory>[0]): string => `${[...generateHistory(asked)].join('\n')}\n`;

/** A data folder of its own, with a cluster made beforehand: making one takes longest. */
export class DataFolders {
  private readonly made: string[] = [];
  private template: string | null = null;

  async make(): Promise<string> {
    this.template ??= await this.makeTemplate();
    const folder = this.next();
    cpSync(join(this.template, 'postgres'), join(folder, 'postgres'), { recursive: true, preserveTimestamps: true });
    this.own(folder);
    return folder;
  }

  /** Without a cluster. */
  next(): string {
    const folder = mkdtempSync(join(tmpdir(), 'bestendig-killed-'));
    chmodSync(folder, 0o711);
    this.made.push(folder);
    return folder;
  }

  async removeAll(): Promise<void> {
    for (const folder of this.made) {
      if (existsSync(join(folder, 'postgres'))) await stopCluster(await initCluster(folder), 'immediate');
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async makeTemplate(): Promise<string> {
    const folder = this.next();
    await initCluster(folder);
    return folder;
  }

  /** A copy belongs to who made it: as root the cluster is given to the user that runs PostgreSQL. */
  private own(folder: string): void {
    if (process.getuid?.() !== 0 || this.template === null) return;
    const { uid, gid } = statSync(join(this.template, 'postgres'));
    chownAll(join(folder, 'postgres'), uid, gid);
  }
}

/** What a store holds: to be compared with that of another one. */
export type Kept = {
  /** Each event by stream, revision aside, with the digest of what it says. */
  readonly facts: readonly string[];
  readonly streams: number;
  /** Rows of the ledger: origin, outcome and reason. */
  readonly deliveries: readonly string[];
};

/** Reads all of a data folder's store through its raw read, which verifies every hash and every link. */
export async function readKept(folder: string): Promise<Kept> {
  const database = await useDatabase({ folder, onLost: () => undefined });
  try {
    const store = await openPostgresEventStore({ databaseUrl: database.url, maxConnections: 3 });
    const facts: string[] = [];
    const streams = new Set<string>();
    for (let from: Position | null = null; ; ) {
      const events = await store.readRaw(from, 5_000);
      const last = events.at(-1);
      if (last === undefined) break;
      for (const { stream, canonical } of events) {
        const { envelope } = JSON.parse(canonical) as { readonly envelope: { readonly id: string; readonly messageDigest: string } };
        facts.push(`${stream} ${envelope.id} ${envelope.messageDigest}`);
        streams.add(stream);
      }
      from = last.position;
    }
    await store.close();
    return { facts: facts.sort(), streams: streams.size, deliveries: await deliveriesIn(database.url) };
  } finally {
    await database.leave();
  }
}

async function deliveriesIn(url: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ row: string }>(`select origin || ' ' || outcome || ' ' || coalesce(reason, '') as row from intake.delivery order by 1`);
  await client.end();
  return rows.map(({ row }) => row);
}

/** The server process that a data folder names; null where it names none. */
export function postmasterOf(folder: string): number | null {
  const file = join(folder, 'postgres/data/postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
  return pid > 0 ? pid : null;
}

export function killPostmaster(folder: string): number | null {
  const pid = postmasterOf(folder);
  if (pid === null) return null;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Left by one that was killed before.
    return null;
  }
  return pid;
}

function chownAll(path: string, uid: number, gid: number): void {
  chownSync(path, uid, gid);
  for (const entry of readdirSync(path, { recursive: true, encoding: 'utf8' })) chownSync(join(path, entry), uid, gid);
}
