import type { EventStore, Instant, Position } from '@bestendig/event-store';
import { connect, inTransaction } from '@bestendig/postgres';
import {
  generation as readGeneration,
  generationsOf,
  instantText,
  placeCheckpoint,
  type Generation,
} from '@bestendig/read-store';
import type { Client } from 'pg';
import { PLACEMENT_EVENTS } from './apply-page';
import { CATCH_UP_EVENTS } from './catch-up';
import { LogCopies, readCopyState, recordedCopy, removeCopy, PLACEMENTS, CANDIDATES } from './log-copy';
import { LogCopyError } from './log-copy-files';
import { beginDividing, copyStep, listIn, type LogCopyTask } from './log-copy-steps';
import { makeWay, waitForQuiet } from './making-way';
import { foldPart, type PartTask } from './rebuild-part';
import {
  dropPlan,
  makePlan,
  planFromStore,
  readPlan,
  type PlanSource,
  type Point,
  type RebuildPlan,
} from './rebuild-plan';
import type { PartFolders, RebuildOptions, RebuildProgress } from './rebuild-result';

/** What the folding of a build needs of the rebuild that it is part of. */
export type Folding = {
  readonly client: Client;
  readonly options: RebuildOptions;
  readonly build: Generation;
  readonly live: Generation | null;
  isGivenUp(): boolean;
  tell(step: RebuildProgress['step'], events: number): void;
  /** Throws where the build is gone, or the session by which the rebuild's lock is held: then nobody may go on. */
  reread(build: Generation): Promise<Generation>;
};

/** Folds the log up to one point into the build's tables, part by part, from the store or from a copy of it on a local disk. */
export async function foldInParts(folding: Folding): Promise<Generation> {
  const { client, options, build } = folding;
  const copyFolder = options.folders?.copyFolder ?? null;
  if (copyFolder === null) return foldAll(folding, null);
  const copies = new LogCopies(client, copyFolder, options.set.name);
  await sweepCopies(client, copies, options.set.name);
  for (let isSecond = false; ; isSecond = true) {
    try {
      return await foldAll(folding, copies);
    } catch (error) {
      const isGone = (await readGeneration(client, build.number).catch(() => build)) === null;
      if (isGone || isDamaged(error)) copies.remove();
      // What is damaged is made again, once.
      if (isGone || isSecond || !isDamaged(error)) throw error;
    }
  }
}

async function sweepCopies(client: Client, copies: LogCopies, set: string): Promise<void> {
  const builds = (await generationsOf(client, set)).filter(({ state }) => state === 'building');
  await copies.sweep(builds.map(({ schema }) => schema));
}

async function foldAll(folding: Folding, copies: LogCopies | null): Promise<Generation> {
  const { client, build } = folding;
  let plan = await readPlan(client, build.schema);
  const folder = copies === null || isFolded(plan) ? null : await copyLog(folding, copies, plan);
  if (folding.isGivenUp()) return build;
  plan ??= await planned(folding, folder);
  // An empty log, or live still at its start: everything is caught up with.
  if (plan === null) return build;
  if (folder !== null && !isFolded(plan)) await divideCopy(folding, folder);
  await foldParts(folding, plan, folder);
  if (folding.isGivenUp()) return build;
  const left = await recordedCopy(client, build.schema);
  await finish(client, build, plan);
  if (left !== null) removeCopy(left);
  return folding.reread(build);
}

const isFolded = (plan: RebuildPlan | null): boolean => plan?.parts.every(({ done }) => done) === true;

function finish(client: Client, build: Generation, plan: RebuildPlan): Promise<void> {
  return inTransaction(client, async () => {
    const folded = await partsFolded(client, build.schema);
    await placeCheckpoint(client, build.number, { position: plan.upTo, ...plan, ...folded });
    await dropPlan(client, build.schema);
  });
}

/** Returns the folder of the whole copy; null where there is nothing to copy, or it was given up. */
async function copyLog(folding: Folding, copies: LogCopies, plan: RebuildPlan | null): Promise<string | null> {
  const { build } = folding;
  const folder = await copies.open(build.schema, async () => plan ?? (await pointToFold(folding)));
  if (folder === null) return null;
  const { isCopied, events } = readCopyState(folder);
  for (let [isLast, copied] = [isCopied, events]; !isLast;) {
    folding.tell('copy', copied);
    if (folding.isGivenUp()) return folder;
    await folding.reread(build);
    ({ isLast, events: copied } = await stepOf(folding, { step: 'copy', folder }));
  }
  return folder;
}

async function divideCopy(folding: Folding, folder: string): Promise<void> {
  const { client, build } = folding;
  const { schema } = build;
  await beginDividing(client, folder, schema);
  for (let isLast = false; !isLast && !folding.isGivenUp();) {
    await folding.reread(build);
    ({ isLast } = await stepOf(folding, { step: 'divide', folder, schema }));
  }
}

const stepOf = ({ client, options }: Folding, task: LogCopyTask): ReturnType<typeof copyStep> =>
  options.folders?.copy?.(task) ?? copyStep({ store: options.store, client }, task);

/** Null while there is nothing to fold. */
async function planned(folding: Folding, folder: string | null): Promise<RebuildPlan | null> {
  const { client, options, build } = folding;
  folding.tell('plan', 0);
  const point = folder === null ? await pointToFold(folding) : readCopyState(folder);
  if (point === null) return null;
  // The other is busy with taking in what is read.
  const pace = await connect({ databaseUrl: options.databaseUrl, name: 'rebuild (plan)' });
  try {
    const afterPage = (workedMs: number): Promise<void> => makeWay(pace, workedMs);
    const source = folder === null ? planFromStore(options.store, point.upTo, afterPage) : planFromCopy(folder);
    await inTransaction(client, () => makePlan(client, source, build.schema, point));
  } finally {
    await pace.end().catch(() => undefined);
  }
  return readPlan(client, build.schema);
}

const planFromCopy = (folder: string): PlanSource => ({
  placements: () => listIn(folder, PLACEMENTS),
  candidates: () => listIn(folder, CANDIDATES),
});

async function foldParts(folding: Folding, plan: RebuildPlan, folder: string | null): Promise<void> {
  const { client, options, build } = folding;
  const { set, store } = options;
  const here: PartFolders = { count: 1, fold: (task: PartTask) => foldPart({ set, store, client }, task) };
  const folders = options.folders ?? here;
  const bytesOf = folder === null ? [] : readCopyState(folder).parts;
  let events = plan.parts.reduce((sum, part) => sum + part.events, 0);
  const waiting = plan.parts.filter(({ done }) => !done);
  folding.tell('fold', events);
  const half = Math.ceil(folders.count / 2);
  const foldOne = async (number: number): Promise<void> => {
    await folding.reread(build);
    const copy = folder === null ? {} : { copy: { folder, bytes: bytesOf[number] ?? 0 } };
    const task = { generation: build.number, schema: build.schema, part: number, upTo: plan.upTo, ...copy };
    const done = await folders.fold(task);
    folding.tell('fold', (events += done.events));
  };
  const work = async (isOfSecondHalf: boolean): Promise<void> => {
    for (;;) {
      // Half of them go on while others are served.
      if (isOfSecondHalf) await waitForQuiet(client, () => waiting.length > 0 && !folding.isGivenUp());
      const number = waiting.shift()?.number;
      if (number === undefined || folding.isGivenUp()) return;
      try {
        await foldOne(number);
      } catch (error) {
        // Nobody begins another, or waits for quiet, before it is told.
        waiting.length = 0;
        throw error;
      }
    }
  };
  await allDone(Array.from({ length: folders.count }, (_, index) => work(index >= half)));
}

/** Up to where live is, whose rows the new build is compared with; without one, up to the end of the log. */
function pointToFold({ live, options }: Folding): Promise<Point | null> {
  return live === null ? headOf(options.store) : Promise.resolve(pointOf(live));
}

const pointOf = ({ position, appliedKnownTime, knownTimeBefore }: Generation): Point | null =>
  position === null ? null : { upTo: position, appliedKnownTime, knownTimeBefore };

/** The end of the log; null while it is empty. */
async function headOf(store: EventStore): Promise<Point | null> {
  const upTo = await store.headPosition();
  if (upTo === null) return null;
  const times: Instant[] = [];
  let from: Position | null = null;
  while (times.length < 2) {
    const page = await store.readAll(from, { filter: PLACEMENT_EVENTS, limit: CATCH_UP_EVENTS, direction: 'backward' });
    for (const { knownTime, position } of page.events)
      if (store.comparePositions(position, upTo) <= 0 && times.at(-1) !== knownTime) times.push(knownTime);
    if (page.atHead || page.next === null) break;
    from = page.next;
  }
  return { upTo, appliedKnownTime: times[0] ?? null, knownTimeBefore: times[1] ?? null };
}

async function partsFolded(
  client: Client,
  schema: string,
): Promise<Pick<Generation, 'appliedEvents' | 'asReportedFrom'>> {
  const { rows } = await client.query<Pick<Generation, 'appliedEvents' | 'asReportedFrom'>>(
    `select coalesce(sum(events), 0)::float8 as "appliedEvents", ${instantText('min(as_reported_from)')} as "asReportedFrom"
     from ${schema}.rebuild_part`,
  );
  return rows[0] ?? { appliedEvents: 0, asReportedFrom: null };
}

const isDamaged = (error: unknown): boolean => error instanceof LogCopyError && error.code === 'logCopyDamaged';

/** Waits for all, then throws the first failure: nobody works on behind the back of who gave up. */
export async function allDone(works: readonly Promise<void>[]): Promise<void> {
  for (const work of await Promise.allSettled(works)) if (work.status === 'rejected') throw work.reason;
}
