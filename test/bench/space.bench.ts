import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresEventStore, type Position } from '@bestendig/event-store';
import { openIntake } from '@bestendig/intake';
import { openReadStore } from '@bestendig/read-store';
import {
  generateHistory,
  NO_PROGRESS,
  runImport,
  startProjectorThread,
  waitForReadModels,
} from '@bestendig/standalone';
import { Client } from 'pg';
import { benchArgs, peakMiB, withBenchPostgres } from './bench';

const SEED = 4;

type Space = { readonly name: string; readonly bytes: number };

/** How big the database is after a history was imported: no time is measured, so that one round says all. */
async function main(): Promise<void> {
  const { size } = benchArgs({ name: 'space', counts: 'placements of a synthetic history, imported', size: 5_000, rounds: 3 }); // prettier-ignore
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-bench-space-'));
  try {
    await withBenchPostgres(async (makeDatabase) => {
      const databaseUrl = await makeDatabase();
      await importHistory(databaseUrl, folder, size);
      await tell(databaseUrl);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function importHistory(databaseUrl: string, folder: string, placements: number): Promise<void> {
  const file = join(folder, 'history.csv');
  writeFileSync(file, [...generateHistory({ placements, seed: SEED })].join('\n'));
  const store = await openPostgresEventStore({ databaseUrl });
  const [intake, readStore] = [await openIntake(databaseUrl), await openReadStore(databaseUrl)];
  const projector = startProjectorThread({ databaseUrl, eventStoreDb: null });
  const signal = projector.failed;
  await runImport({ file, dryRun: false, asReported: false, store, intake, secret: Buffer.alloc(32, 1), databaseUrl, dataFolder: folder, signal, show: () => NO_PROGRESS }); // prettier-ignore
  await waitForReadModels({ store, readStore, signal, progress: NO_PROGRESS, expected: 0 });
  await projector.stop();
  await Promise.all([intake.close(), readStore.close(), store.close()]);
}

async function tell(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('vacuum analyze');
  const { rows: spaces } = await client.query<Space>(`
    select nspname || '.' || relname as name, pg_total_relation_size(pg_class.oid)::float8 as bytes
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relkind = 'r' and nspname !~ '^pg_' and nspname <> 'information_schema' order by 2 desc`);
  await client.end();
  const counts = await countsOf(databaseUrl);
  if (counts.facts === 0) throw new Error('Nothing was imported.');
  const bytes = spaces.reduce((sum, space) => sum + space.bytes, 0);
  const { facts, placements, events, text } = counts;
  console.log(`${placements} placements, ${facts} facts, ${events} events with links; bytes a fact:`);
  for (const space of spaces) if (space.bytes / facts >= 1) console.log(`  ${space.name.padEnd(40)} ${Math.round(space.bytes / facts)}`); // prettier-ignore
  const per = (count: number): number => Math.round(bytes / count);
  const log = spaces.find(({ name }) => name.endsWith('.events'))?.bytes ?? Number.NaN;
  console.log(`all: ${per(facts)} a fact, ${per(placements)} a placement; the log: ${Math.round(log / events)} an event, of which ${Math.round(text / events)} its text`); // prettier-ignore
  console.log(JSON.stringify({ bench: 'space', size: placements, unit: 'bytes/fact', value: per(facts), bytesPerPlacement: per(placements), logBytesPerEvent: Math.round(log / events), peakMiB: peakMiB() })); // prettier-ignore
}

type Counts = { events: number; facts: number; placements: number; text: number };

/** Read as anybody reads the log. */
async function countsOf(databaseUrl: string): Promise<Counts> {
  const store = await openPostgresEventStore({ databaseUrl });
  const counts: Counts = { events: 0, facts: 0, placements: 0, text: 0 };
  for (let from: Position | null = null; ; ) {
    const page = await store.readRaw(from, 1_000);
    const last = page.at(-1);
    if (last === undefined) break;
    for (const { stream, revision, canonical } of page) {
      counts.events += 1;
      counts.text += Buffer.byteLength(canonical);
      if (!stream.startsWith('placement-')) continue;
      counts.facts += 1;
      if (revision === 0) counts.placements += 1;
    }
    from = last.position;
  }
  await store.close();
  return counts;
}

void main();
