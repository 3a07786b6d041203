import { openPostgresEventStore } from '@bestendig/event-store';
import { startPartThreads } from '@bestendig/projector';
import { benchArgs, closeBench, median, peakMiB, withBenchPostgres, type Measure } from './bench';
import { fillLog } from './filled-log';
import { timedRebuild, type Rebuilt } from './timed-rebuild';

const SEED = 4;
const GROWTH_AIM = 1.3;
const MIB_AIM = 2_048;
/** Shares of --size that are rebuilt: from a hundred thousand, where it is ten million. */
const sharesOf = (size: number): readonly number[] => (size < 10_000_000 ? [0.1, 0.3, 1] : [0.01, 0.1, 1]);

type Log = Rebuilt & { readonly size: number; readonly tookUs: number[] };

async function main(): Promise<void> {
  // More takes longer than a bench may; it is asked for with --size 10000000 --rounds 1.
  const { size, rounds } = benchArgs({ name: 'growth', counts: 'events of the largest log; others have 0.1 and 0.3 of it, 0.01 and 0.1 from ten million', size: 300_000, rounds: 3, roundsMin: 1 }); // prettier-ignore
  closeBench(await withBenchPostgres((makeDatabase) => measure(size, rounds, makeDatabase)));
}

/** One round is a rebuild of each log: what else the machine does slows all alike. The first warms up. */
async function measure(size: number, rounds: number, makeDatabase: () => Promise<string>): Promise<readonly Measure[]> {
  const logs: Log[] = [];
  for (const share of sharesOf(size)) logs.push(await filled(await makeDatabase(), Math.max(1, Math.round(size * share))));
  for (let round = 0; round <= rounds; round += 1) {
    for (const log of logs) {
      const us = await usPerEvent(log, round);
      if (round > 0) log.tookUs.push(us);
    }
  }
  for (const log of logs) console.log(`${log.size} events: ${median(log.tookUs).toFixed(2)} us an event`);
  await Promise.all(logs.map(({ store, folders }) => Promise.all([store.close(), folders.close()])));
  return measuresOf(logs);
}

/** Its threads are kept from round to round, so that what starting them costs does not hide the growth. */
async function filled(databaseUrl: string, size: number): Promise<Log> {
  const store = await openPostgresEventStore({ databaseUrl });
  await fillLog(store, size, SEED);
  console.log(`filled with ${size} events`);
  return { databaseUrl, store, size, folders: startPartThreads({ databaseUrl, eventStoreDb: null }), tookUs: [] };
}

async function usPerEvent(log: Log, round: number): Promise<number> {
  const { seconds, events, compared, secondsOf } = await timedRebuild(log);
  const expected = round === 0 ? 'firstBuild' : 'sameAsLive';
  if (events !== log.size || compared !== expected) throw new Error(`${events} of ${log.size} events were rebuilt, ${compared}.`); // prettier-ignore
  const us = (seconds * 1e6) / events;
  console.log(`${round === 0 ? 'warm-up' : `round ${round}`}: ${log.size} events in ${seconds.toFixed(2)} s, ${us.toFixed(2)} us an event (plan ${secondsOf.plan.toFixed(1)}, fold ${secondsOf.fold.toFixed(1)}, index ${secondsOf.index.toFixed(1)}; verify and switch after it ${secondsOf.verify.toFixed(1)}; ${peakMiB()} MiB at most so far)`); // prettier-ignore
  return us;
}

function measuresOf(logs: readonly Log[]): readonly Measure[] {
  const [smallest, largest] = [logs[0], logs.at(-1)];
  if (smallest === undefined || largest === undefined) throw new Error('Nothing was measured.');
  const { size } = largest;
  const [value, reference] = [median(largest.tookUs), median(smallest.tookUs)];
  const ratio = value / reference;
  const mib = peakMiB();
  return [
    { bench: 'growth: time of a rebuild', size, unit: 'us/event', value, reference: { name: `${smallest.size} events`, value: reference }, ratio, aim: GROWTH_AIM, met: ratio <= GROWTH_AIM, peakMiB: mib },
    { bench: 'growth: memory, PostgreSQL excluded', size, unit: 'MiB', value: mib, reference: { name: 'what it may be', value: MIB_AIM }, ratio: mib / MIB_AIM, aim: 1, met: mib < MIB_AIM, peakMiB: mib },
  ]; // prettier-ignore
}

main().catch((error: unknown) => {
  console.error(error);
  // Threads that wait for a task would keep the process.
  process.exit(1);
});
