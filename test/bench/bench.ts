import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventStoreSettings, type OpenOptions } from '@bestendig/event-store';
import { connectionString, initCluster, startCluster, stopCluster } from '@bestendig/local-postgres';
import { Client } from 'pg';

/** What a bench says of itself: its help, and how big and how often it runs unless told otherwise. */
export type BenchAbout = { readonly name: string; /** What --size counts. */ readonly counts: string; readonly size: number; readonly rounds: number; /** The fewest it may be told, 3 unless said. */ readonly roundsMin?: number; /** It runs on either store. */ readonly stores?: true };
export type BenchArgs = { readonly size: number; readonly rounds: number; readonly store: 'postgresql' | 'eventstoredb' };

/** One figure with the reference it was compared with in the same run. */
export type Measure = {
  readonly bench: string;
  readonly size: number;
  readonly unit: string;
  readonly value: number;
  readonly reference: { readonly name: string; readonly value: number };
  readonly ratio: number;
  /** What the ratio should be: at least, or at most where `unit` is a time. */
  readonly aim: number;
  readonly met: boolean;
  readonly peakMiB: number;
};

/** Reads --size and --rounds; --help says what they mean and ends. */
export function benchArgs(about: BenchAbout): BenchArgs {
  const { values } = parseArgs({ options: { size: { type: 'string' }, rounds: { type: 'string' }, store: { type: 'string', default: 'postgresql' }, help: { type: 'boolean', default: false } } });
  if (values.help) {
    console.log(`npm run bench:${about.name} -- [--size N] [--rounds N]${about.stores === true ? ' [--store postgresql|eventstoredb]' : ''}\n  --size    ${about.counts} (${about.size})\n  --rounds  how often each side runs, alternating (${about.rounds}, at least ${roundsMin(about)})`);
    process.exit(0);
  }
  const store = STORES.find((one) => one === values.store);
  if (store === undefined || (store !== 'postgresql' && about.stores !== true)) {
    console.error(about.stores === true ? '--store is postgresql or eventstoredb.' : '--store is postgresql: this bench is of that alone.');
    process.exit(2);
  }
  const args = { store, size: Number(values.size ?? about.size), rounds: Number(values.rounds ?? about.rounds) };
  if (!Number.isSafeInteger(args.size) || args.size < 1 || !Number.isSafeInteger(args.rounds) || args.rounds < roundsMin(about)) {
    console.error(`--size is a whole number from 1, --rounds one from ${roundsMin(about)}.`);
    process.exit(2);
  }
  return args;
}

const roundsMin = (about: BenchAbout): number => about.roundsMin ?? 3;

const STORES = ['postgresql', 'eventstoredb'] as const;

/** Where the bench's log is: in that database, or in the EventStoreDB of EVENTSTOREDB_URL under a name of its own. */
export function benchLog(databaseUrl: string, store: BenchArgs['store']): OpenOptions {
  if (store === 'postgresql') return { databaseUrl, eventStoreDb: null };
  const { eventStoreDb } = eventStoreSettings({ ...process.env, EVENT_STORE: store });
  return { databaseUrl, eventStoreDb: eventStoreDb && { ...eventStoreDb, namespace: `bench${randomUUID().replaceAll('-', '')}` } };
}

/** A PostgreSQL of the bench's own, its durability at defaults, gone afterwards. `makeDatabase` gives a new database's URL. */
export async function withBenchPostgres<T>(work: (makeDatabase: () => Promise<string>) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-bench-'));
  chmodSync(folder, 0o755);
  const cluster = await initCluster(folder);
  await startCluster(cluster);
  let made = 0;
  try {
    return await work(async () => {
      const name = `bench_${made++}`;
      const client = new Client({ connectionString: connectionString(cluster) });
      await client.connect();
      await client.query(`create database ${name}`).finally(() => client.end());
      return connectionString(cluster, name);
    });
  } finally {
    await stopCluster(cluster, 'immediate');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A side of a comparison: does one step of a round and gives the seconds that what is measured took. */
export type Side = (round: number, step: number) => Promise<number>;

/**
 * Runs both sides step by step in turn, so that what else the machine does slows both alike, and gives each side's
 * median rate over the rounds; a first round, not counted, warms both up. A step counts `countPerStep`.
 */
export async function alternate(about: { readonly rounds: number; readonly steps: number; readonly countPerStep: number }, ours: Side, reference: Side): Promise<{ readonly ours: number; readonly reference: number }> {
  const figures: { readonly ours: number; readonly reference: number }[] = [];
  for (let round = 0; round <= about.rounds; round++) {
    const took = { ours: 0, reference: 0 };
    for (let step = 0; step < about.steps; step++) {
      took.ours += await ours(round, step);
      took.reference += await reference(round, step);
    }
    const count = about.steps * about.countPerStep;
    const figure = { ours: count / took.ours, reference: count / took.reference };
    console.log(`${round === 0 ? 'warm-up' : `round ${round}`}: ${format(figure.ours)} against ${format(figure.reference)}`);
    if (round > 0) figures.push(figure);
  }
  return { ours: median(figures.map((figure) => figure.ours)), reference: median(figures.map((figure) => figure.reference)) };
}

/** How many seconds `work` took. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** How many a second `work` got through. */
export async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  return count / (await seconds(work));
}

export function median(figures: readonly number[]): number {
  return percentile(figures, 0.5);
}

/** The figure that a share of all lies at or below. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** The most memory this process has had. */
export function peakMiB(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** The bench's last line. */
export function closeBench(measures: readonly Measure[]): void {
  const rounded = measures.map((one) => ({
    ...one,
    value: round(one.value),
    reference: { ...one.reference, value: round(one.reference.value) },
    ratio: Math.round(one.ratio * 1000) / 1000,
  }));
  console.log(JSON.stringify(rounded.length === 1 ? rounded[0] : rounded));
}

function round(figure: number): number {
  return figure >= 100 ? Math.round(figure) : Math.round(figure * 1000) / 1000;
}

function format(figure: number): string {
  return round(figure).toLocaleString('en');
}
