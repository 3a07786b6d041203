import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  canonicalJson,
  openPostgresEventStore,
  sha256Hex,
  type EventStore,
  type Position,
} from '@bestendig/event-store';
import { PlacementService, type FactDraft, type HrFact } from '@bestendig/placement-application';
import { rebuild } from '@bestendig/projection-engine';
import { cohortRetention, READ_MODELS, resolveCut } from '@bestendig/read-models';
import { liveGeneration, openReadStore, type ReadStore } from '@bestendig/read-store';
import { startPartThreads } from '@bestendig/projector';
import { NO_PROGRESS, startProjectorThread, waitForReadModels } from '@bestendig/standalone'; // prettier-ignore
import { benchArgs, closeBench, peakMiB, percentile, withBenchPostgres, type Measure } from './bench';
import { fillLog } from './filled-log';

const COMMANDS = join(__dirname, '../../apps/standalone/src/main.js');
const SEED = 4;
const OFFERED_PER_SECOND = 500;
/** Some two hundred questions: the slowest hundredth of fewer would be one or two. */
const STRETCH_SECONDS = 20;
const LAG_AIM_MS = 250;
/** What a rebuild beside may make worse. */
const WORSE_AIM = 1.2;
/** How exactly a lag is measured: the read models are looked at so often. */
const LOOK_MS = 4;
const QUESTION_EVERY_MS = 100;
const DRAIN_MS_MAX = 30_000;
/** Placements that get facts in turn, and how many each gets. */
const PLACEMENTS = 500;
const FACTS = 12;
const SOURCE = 'urn:nld:oin:00000001000000000000:systeem:bench';

type System = { readonly databaseUrl: string; readonly store: EventStore; readonly readStore: ReadStore; readonly service: PlacementService }; // prettier-ignore
/** What was seen in stretches of one kind. */
type Seen = { readonly lagsMs: number[]; readonly questionsMs: number[]; commands: number; seconds: number };

/** Store, recording and projector thread in one process, as `npm start` has them; without HTTP, whose cost is not the read side's. */
async function main(): Promise<void> {
  const { size, rounds } = benchArgs({ name: 'lag', counts: 'events that are there before', size: 100_000, rounds: 3 });
  closeBench(await withBenchPostgres(async (makeDatabase) => measure(await makeDatabase(), size, rounds)));
}

async function measure(databaseUrl: string, size: number, rounds: number): Promise<readonly Measure[]> {
  const store = await openPostgresEventStore({ databaseUrl });
  await fillLog(store, size, SEED);
  const readStore = await openReadStore(databaseUrl);
  const folders = startPartThreads({ databaseUrl, eventStoreDb: null });
  await rebuild({ set: READ_MODELS, store, databaseUrl, folders });
  await folders.close();
  const projector = startProjectorThread({ databaseUrl, eventStoreDb: null });
  await waitForReadModels({ store, readStore, signal: projector.failed, progress: NO_PROGRESS, expected: size });
  const service = new PlacementService({ store, secret: Buffer.alloc(32, 1) });
  const system = { databaseUrl, store, readStore, service };
  const [quiet, beside] = [nothingSeen(), nothingSeen()];
  const facts = factsToRecord();
  await stretch(system, facts, nothingSeen());
  let rebuilt = 0;
  for (let round = 1; round <= rounds; round += 1) {
    await stretch(system, facts, quiet);
    rebuilt += await besideRebuilds(system, () => stretch(system, facts, beside));
    console.log(`round ${round}: ${told(quiet)}; beside a rebuild ${told(beside)}`);
  }
  console.log(`the rebuild beside: ${Math.round(rebuilt / beside.seconds)} events/s`);
  await waitForReadModels({ store, readStore, signal: projector.failed, progress: NO_PROGRESS, expected: size });
  await projector.stop();
  await Promise.all([readStore.close(), store.close()]);
  return measuresOf(size, quiet, beside);
}

const nothingSeen = (): Seen => ({ lagsMs: [], questionsMs: [], commands: 0, seconds: 0 });

const told = ({ lagsMs, questionsMs, commands, seconds }: Seen): string =>
  `${Math.round(commands / seconds)} commands/s, lag p50 ${Math.round(percentile(lagsMs, 0.5))} ms, p99 ${Math.round(percentile(lagsMs, 0.99))} ms, question p50 ${Math.round(percentile(questionsMs, 0.5))} ms, p99 ${Math.round(percentile(questionsMs, 0.99))} ms`; // prettier-ignore

/** One rebuild after the other, each a process of its own as `npm run rebuild` is, for as long as the work takes. @returns events of those that came to their end */
async function besideRebuilds({ databaseUrl }: System, work: () => Promise<void>): Promise<number> {
  const stop = new AbortController();
  let events = 0;
  const rebuilding = async (): Promise<void> => {
    while (!stop.signal.aborted) events += await rebuildInProcess(databaseUrl, stop.signal);
  };
  const done = failingLater(rebuilding());
  try {
    await work();
  } finally {
    stop.abort();
    await done;
  }
  return events;
}

async function rebuildInProcess(databaseUrl: string, signal: AbortSignal): Promise<number> {
  const environment = { ...process.env, DATABASE_URL: databaseUrl, BESTENDIG_SECRET: '01'.repeat(32) };
  const child = spawn(process.execPath, [COMMANDS, 'rebuild'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (): unknown => child.kill('SIGINT');
  signal.addEventListener('abort', end, { once: true });
  let [said, complained] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', end);
  const rebuilt = /from ([\d,]+) facts.*the same rows as live/.exec(said)?.[1];
  if (rebuilt !== undefined) return Number(rebuilt.replaceAll(',', ''));
  if (!signal.aborted) throw new Error(`A rebuild ended with ${code}: ${said}${complained}`);
  return 0;
}

/** Commands come by the clock, whether those before are done or not. */
async function stretch(system: System, facts: Iterator<HrFact>, seen: Seen): Promise<void> {
  const watch = new Watch(system);
  const asking = failingLater(ask(system, watch.ended, seen));
  const commands: Promise<void>[] = [];
  const begun = performance.now();
  for (let elapsed = 0; elapsed < STRETCH_SECONDS * 1_000; elapsed = performance.now() - begun) {
    while (commands.length < (elapsed * OFFERED_PER_SECOND) / 1_000) {
      commands.push(failingLater(record(system, facts, watch, seen)));
    }
    await sleep(1);
  }
  // Drained: those that are late count with the time they took.
  await Promise.all(commands);
  seen.seconds += (performance.now() - begun) / 1_000;
  seen.commands += commands.length;
  await watch.drain();
  await asking;
}

/** Whoever awaits it learns of its failure; until then nobody does. */
function failingLater(work: Promise<void>): Promise<void> {
  work.catch(() => undefined);
  return work;
}

async function record({ service }: System, facts: Iterator<HrFact>, watch: Watch, { lagsMs }: Seen): Promise<void> {
  const [outcome] = await service.recordHrFacts([facts.next().value as HrFact]);
  if (outcome?.outcome !== 'accepted' || outcome.position === null) throw new Error(`A fact was ${outcome?.outcome}: ${outcome?.reason}.`); // prettier-ignore
  watch.add(outcome.position, (ms) => lagsMs.push(ms));
}

async function ask({ readStore, store }: System, ended: AbortSignal, { questionsMs }: Seen): Promise<void> {
  while (!ended.aborted) {
    const begun = performance.now();
    const cut = await resolveCut(readStore, store);
    await cohortRetention(readStore, cut, { peildatum: cut.knownAt.slice(0, 10), cohort: 'quarter', horizons: [3, 6, 12, 24] }); // prettier-ignore
    const took = performance.now() - begun;
    questionsMs.push(took);
    await sleep(Math.max(0, QUESTION_EVERY_MS - took), undefined, { signal: ended }).catch(() => undefined);
  }
}

/** Looks at where the live read models are, and tells each command how long it took until they held it. */
class Watch {
  private readonly waiting: { readonly position: Position; readonly since: number; seen(ms: number): void }[] = [];
  private readonly stop = new AbortController();
  private readonly looking: Promise<void>;

  constructor(private readonly system: Pick<System, 'store' | 'readStore'>) {
    this.looking = this.look();
  }

  get ended(): AbortSignal {
    return this.stop.signal;
  }

  add(position: Position, seen: (ms: number) => void): void {
    this.waiting.push({ position, since: performance.now(), seen });
  }

  /** Until every command was seen. */
  async drain(): Promise<void> {
    const until = performance.now() + DRAIN_MS_MAX;
    while (this.waiting.length > 0) {
      if (performance.now() > until) throw new Error(`${this.waiting.length} facts are not in the read models.`);
      await sleep(LOOK_MS);
    }
    this.stop.abort();
    await this.looking;
  }

  private async look(): Promise<void> {
    const { store, readStore } = this.system;
    while (!this.stop.signal.aborted) {
      const at = (await liveGeneration(readStore.pool, READ_MODELS.name))?.position ?? null;
      const now = performance.now();
      const here = this.waiting.splice(0);
      for (const one of here) {
        if (at !== null && store.comparePositions(at, one.position) >= 0) one.seen(Math.max(0, now - one.since));
        else this.waiting.push(one);
      }
      await sleep(LOOK_MS);
    }
  }
}

/** Each placement gets its next fact in turn, a second apart, then others begin. */
function* factsToRecord(): Generator<HrFact> {
  for (let group = 0; ; group += 1)
    for (let fact = 0; fact < FACTS; fact += 1)
      for (let number = 0; number < PLACEMENTS; number += 1) yield hrFact(`E-${group}-${number}`, fact);
}

function hrFact(employmentKey: string, number: number): HrFact {
  const messageId = `${employmentKey}-${number}`;
  const draft = draftOf(number);
  return {
    origin: `bench:${messageId}`,
    source: SOURCE,
    messageId,
    digest: sha256Hex(canonicalJson([messageId, draft])),
    reportedAt: '2024-06-01T08:00:00.000000Z',
    personKey: number === 0 ? `P-${employmentKey}` : null,
    employmentKey,
    successorKey: null,
    facts: [draft],
  };
}

function draftOf(number: number): FactDraft {
  if (number === 0) return { type: 'PlacementRegistered', data: { effectiveDate: '2023-02-20', employerId: 'kvk:12345678', sector: 'gemeenten', region: 'AM13', hoursPerWeek: 24, arrangement: 'ownEmployment', postOrigin: 'regular', aboveFormation: false, budget: 'central', registrationKind: 'newJob', inTargetGroup: 'yes' } }; // prettier-ignore
  if (number === 1) return { type: 'ContractSigned', data: { effectiveDate: '2023-03-01', form: 'arbeidsovereenkomst' } }; // prettier-ignore
  return { type: 'HoursChanged', data: { effectiveDate: `2023-${String(number + 1).padStart(2, '0')}-15`, hoursPerWeek: 20 + number } }; // prettier-ignore
}

function measuresOf(size: number, quiet: Seen, beside: Seen): readonly Measure[] {
  const rate = (seen: Seen): number => seen.commands / seen.seconds;
  const p99 = percentile(quiet.lagsMs, 0.99);
  const mib = peakMiB();
  const slower = percentile(beside.questionsMs, 0.99) / percentile(quiet.questionsMs, 0.99);
  const offered = rate(quiet) >= 0.95 * OFFERED_PER_SECOND;
  return [
    { bench: `lag from command to query at ${OFFERED_PER_SECOND} commands/s, p99`, size, unit: 'ms', value: p99, reference: { name: 'what it may be', value: LAG_AIM_MS }, ratio: p99 / LAG_AIM_MS, aim: 1, met: p99 < LAG_AIM_MS && offered, peakMiB: mib },
    { bench: 'lag: commands/s beside a rebuild', size, unit: 'commands/s', value: rate(beside), reference: { name: 'without one', value: rate(quiet) }, ratio: rate(beside) / rate(quiet), aim: 0.8, met: rate(beside) >= 0.8 * rate(quiet), peakMiB: mib },
    { bench: 'lag: question beside a rebuild, p99', size, unit: 'ms', value: percentile(beside.questionsMs, 0.99), reference: { name: 'without one', value: percentile(quiet.questionsMs, 0.99) }, ratio: slower, aim: WORSE_AIM, met: slower <= WORSE_AIM, peakMiB: mib },
  ]; // prettier-ignore
}

main().catch((error: unknown) => {
  console.error(error);
  // Threads that wait for a task would keep the process.
  process.exit(1);
});
