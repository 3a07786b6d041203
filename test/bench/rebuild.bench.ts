import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore, type EventStore, type OpenOptions } from '@bestendig/event-store';
import { openReadStore } from '@bestendig/read-store';
import { startPartThreads } from '@bestendig/projector';
import { NO_PROGRESS, startProjectorThread, waitForReadModels } from '@bestendig/standalone';
import {
  alternate,
  benchArgs,
  benchLog,
  closeBench,
  median,
  peakMiB,
  perSecond,
  seconds,
  withBenchPostgres,
  type Measure,
} from './bench';
import { EMMETT_SAMPLE, EmmettRebuild } from './emmett-rebuild';
import { fillLog } from './filled-log';
import { BareScan, ScanThreads, scanTasks } from './scan-threads';
import { timedRebuild, type Rebuilt, type TimedRebuild } from './timed-rebuild';

const SEED = 4;
const SCAN_AIM = 0.4;
const EMMETT_AIM = 300;
/** Events that a projector follows and a rebuild makes anew, to be compared before anything is measured. */
const PROOF_EVENTS = 20_000;

async function main(): Promise<void> {
  // A million takes longer than a bench may: four rebuilds, and a fill of which no reading is part.
  const { size, rounds, store } = benchArgs({
    name: 'rebuild',
    counts: 'events',
    size: 300_000,
    rounds: 3,
    stores: true,
  });
  closeBench(
    await withBenchPostgres(async (makeDatabase) => {
      await proveSameAsLive(benchLog(await makeDatabase(), store));
      const measures = await measureScan(benchLog(await makeDatabase(), store), size, rounds);
      return store === 'eventstoredb'
        ? [measures]
        : [measures, await measureEmmett(await makeDatabase(), measures.value)];
    }),
  );
}

/** What the projector makes page by page is what a rebuild makes in parts, row by row. */
async function proveSameAsLive(log: OpenOptions): Promise<void> {
  const { databaseUrl } = log;
  const store = await openEventStore(log);
  await fillLog(store, PROOF_EVENTS, SEED);
  const projector = startProjectorThread(log);
  const readStore = await openReadStore(databaseUrl);
  const signal = projector.failed;
  await waitForReadModels({ store, readStore, signal, progress: NO_PROGRESS, expected: PROOF_EVENTS });
  await projector.stop();
  await readStore.close();
  const folders = startPartThreads(log);
  requireSame(await timedRebuild({ databaseUrl, store, folders }), PROOF_EVENTS, 'sameAsLive');
  await folders.close();
  await store.close();
  console.log(`${PROOF_EVENTS} events: rebuilt in parts are the rows that the projector wrote page by page`);
}

/** In a way of its own for each store, as a rebuild does unless told otherwise; the other way runs beside it. */
async function measureScan(log: OpenOptions, size: number, rounds: number): Promise<Measure> {
  const { databaseUrl } = log;
  const store = await openEventStore(log);
  const filling = await perSecond(size, () => fillLog(store, size, SEED));
  console.log(`filled with ${size} events (${Math.round(filling)}/s)`);
  const copyFolder = mkdtempSync(join(tmpdir(), 'bestendig-copies-'));
  const folders = startPartThreads(log, { copyFolder });
  const ways = {
    copy: { databaseUrl, store, folders },
    store: { databaseUrl, store, folders: { ...folders, copyFolder: null } },
  };
  const [usual, other] = log.eventStoreDb === null ? (['store', 'copy'] as const) : (['copy', 'store'] as const);
  const took: Record<'copy' | 'store', TimedRebuild[]> = { copy: [], store: [] };
  const rebuildBy = async (way: 'copy' | 'store', isFirst: boolean, round: number): Promise<number> => {
    const rebuilt = await rebuildOnce(ways[way], size, isFirst);
    if (round > 0) took[way].push(rebuilt);
    return rebuilt.seconds;
  };
  const reference = await referenceFor(log, store, folders.count);
  const scans: number[] = [];
  const figures = await alternate(
    { rounds, steps: 1, countPerStep: size },
    (round) => rebuildBy(usual, round === 0, round),
    async (round) => {
      const scanned = await seconds(async () => requireAll(await reference.scan(), size));
      if (round > 0) scans.push(scanned);
      await rebuildBy(other, false, round);
      return scanned;
    },
  );
  await Promise.all([folders.close(), reference.close()]);
  await store.close();
  rmSync(copyFolder, { recursive: true, force: true });
  for (const way of [usual, other])
    printSteps(`from ${way === 'copy' ? 'a copy of the log' : 'the store'}`, took[way], size, folders.count);
  console.log(`${reference.name}: ${median(scans).toFixed(1)} s (${Math.round(figures.reference)} events/s)`);
  const ratio = figures.ours / figures.reference;
  return { bench: `rebuild from ${usual === 'copy' ? 'a copy' : 'the store'}`, size, unit: 'events/s', value: figures.ours, reference: { name: reference.name, value: figures.reference }, ratio, aim: SCAN_AIM, met: ratio >= SCAN_AIM, peakMiB: peakMiB() }; // prettier-ignore
}

type Reference = { readonly name: string; scan(): Promise<number>; close(): Promise<void> };

/** The fastest bare read of the same events that the store has. */
async function referenceFor(log: OpenOptions, store: EventStore, threads: number): Promise<Reference> {
  if (log.eventStoreDb !== null) {
    const bare = new BareScan(log.eventStoreDb);
    const name = 'bare @kurrent/kurrentdb-client reading the same events, data not parsed';
    return { name, scan: () => bare.scan(), close: () => bare.close() };
  }
  const [scanners, tasks] = [new ScanThreads(log, threads), await scanTasks(store)];
  const name = `bare scan and decode of the same events, ${threads} threads`;
  return { name, scan: () => scanners.scan(tasks), close: () => scanners.close() };
}

/** The first finds nothing live; each after it is compared with the one before. */
async function rebuildOnce(rebuilt: Rebuilt, size: number, isFirst: boolean): Promise<TimedRebuild> {
  const took = await timedRebuild(rebuilt);
  requireSame(took, size, isFirst ? 'firstBuild' : 'sameAsLive');
  return took;
}

function requireSame({ events, compared }: TimedRebuild, size: number, expected: TimedRebuild['compared']): void {
  requireAll(events, size);
  if (compared !== expected) throw new Error(`The rebuild says ${compared} where it should say ${expected}.`);
}

function requireAll(events: number, size: number): void {
  if (events !== size) throw new Error(`${events} of ${size} events were read.`);
}

function printSteps(from: string, rebuilds: readonly TimedRebuild[], size: number, threads: number): void {
  const of = (step: keyof TimedRebuild['secondsOf']): number =>
    median(rebuilds.map(({ secondsOf }) => secondsOf[step]));
  const line = (name: string, took: number): void => console.log(`  ${name.padEnd(34)} ${took.toFixed(1)} s`);
  const rate = size / median(rebuilds.map((rebuilt) => rebuilt.seconds));
  console.log(`A rebuild ${from}: ${Math.round(rate)} events/s; where its time goes (medians, ${threads} threads):`);
  line('copy the log', of('copy'));
  line('plan', of('plan'));
  line('read and fold', of('fold'));
  line('index and analyse', of('index'));
  line('processor time, all told', median(rebuilds.map(({ cpuSeconds }) => cpuSeconds)));
  console.log('and after the clock:');
  line('catch up', of('catchUp'));
  line('verify and switch', of('verify'));
}

/** Once: a factor of hundreds does not hang on a round more, and one takes long. */
async function measureEmmett(databaseUrl: string, ours: number): Promise<Measure> {
  const emmett = await EmmettRebuild.into(databaseUrl, SEED);
  const theirs = EMMETT_SAMPLE / (await seconds(() => emmett.run()));
  requireAll(await emmett.count(), EMMETT_SAMPLE);
  await emmett.close();
  const ratio = ours / theirs;
  const name = `Emmett's rebuildPostgreSQLProjections, one document a placement, ${EMMETT_SAMPLE} events`;
  console.log(`${name}: ${Math.round(theirs)} events/s`);
  return { bench: 'rebuild against Emmett', size: EMMETT_SAMPLE, unit: 'events/s', value: ours, reference: { name, value: theirs }, ratio, aim: EMMETT_AIM, met: ratio >= EMMETT_AIM, peakMiB: peakMiB() }; // prettier-ignore
}

main().catch((error: unknown) => {
  console.error(error);
  // Threads that wait for a task would keep the process.
  process.exit(1);
});
