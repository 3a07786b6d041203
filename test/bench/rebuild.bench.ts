import { openEventStore, type OpenOptions } from '@bestendig/event-store';
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
import { ScanThreads, scanTasks } from './scan-threads';
import { timedRebuild, type Rebuilt, type TimedRebuild } from './timed-rebuild';

const SEED = 4;
const SCAN_AIM = 0.4;
const EMMETT_AIM = 300;
/** Events that a projector follows and a rebuild makes anew, to be compared before anything is measured. */
const PROOF_EVENTS = 20_000;

async function main(): Promise<void> {
  // A million takes longer than a bench may: four rebuilds, and a fill of which no reading is part.
  const { size, rounds, store } = benchArgs({ name: 'rebuild', counts: 'events', size: 300_000, rounds: 3, stores: true });
  closeBench(
    await withBenchPostgres(async (makeDatabase) => {
      await proveSameAsLive(benchLog(await makeDatabase(), store));
      const measures = await measureScan(benchLog(await makeDatabase(), store), size, rounds);
      return store === 'eventstoredb' ? [measures] : [measures, await measureEmmett(await makeDatabase(), measures.value)];
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

async function measureScan(log: OpenOptions, size: number, rounds: number): Promise<Measure> {
  const { databaseUrl } = log;
  const store = await openEventStore(log);
  const filling = await perSecond(size, () => fillLog(store, size, SEED));
  console.log(`filled with ${size} events (${Math.round(filling)}/s)`);
  const folders = startPartThreads(log);
  const scanners = new ScanThreads(log, folders.count);
  const tasks = await scanTasks(store);
  const rebuilds: TimedRebuild[] = [];
  const scans: number[] = [];
  const figures = await alternate(
    { rounds, steps: 1, countPerStep: size },
    async (round) => {
      const took = await rebuildOnce({ databaseUrl, store, folders }, size, round);
      if (round > 0) rebuilds.push(took);
      return took.seconds;
    },
    async (round) => {
      const took = await seconds(async () => requireAll(await scanners.scan(tasks), size));
      if (round > 0) scans.push(took);
      return took;
    },
  );
  await Promise.all([folders.close(), scanners.close()]);
  await store.close();
  printSteps(rebuilds, median(scans), folders.count);
  const ratio = figures.ours / figures.reference;
  const name = `bare scan and decode of the same events, ${folders.count} threads`;
  return { bench: 'rebuild', size, unit: 'events/s', value: figures.ours, reference: { name, value: figures.reference }, ratio, aim: SCAN_AIM, met: ratio >= SCAN_AIM, peakMiB: peakMiB() }; // prettier-ignore
}

/** The first round finds nothing live; each after it is compared with the one before. */
async function rebuildOnce(rebuilt: Rebuilt, size: number, round: number): Promise<TimedRebuild> {
  const took = await timedRebuild(rebuilt);
  requireSame(took, size, round === 0 ? 'firstBuild' : 'sameAsLive');
  return took;
}

function requireSame({ events, compared }: TimedRebuild, size: number, expected: TimedRebuild['compared']): void {
  requireAll(events, size);
  if (compared !== expected) throw new Error(`The rebuild says ${compared} where it should say ${expected}.`);
}

function requireAll(events: number, size: number): void {
  if (events !== size) throw new Error(`${events} of ${size} events were read.`);
}

function printSteps(rebuilds: readonly TimedRebuild[], scan: number, threads: number): void {
  const of = (step: keyof TimedRebuild['secondsOf']): number =>
    median(rebuilds.map(({ secondsOf }) => secondsOf[step]));
  const line = (name: string, took: number): void => console.log(`  ${name.padEnd(34)} ${took.toFixed(1)} s`);
  console.log(`Where the time of a rebuild goes (medians, ${threads} threads):`);
  line('plan', of('plan'));
  line('fold', of('fold'));
  line('  read and decode (the bare scan)', scan);
  line('  fold, copy and wait', of('fold') - scan);
  line('index and analyse', of('index'));
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
