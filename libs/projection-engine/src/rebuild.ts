import type { EventStore, Page, Position } from '@bestendig/event-store';
import {
  createGeneration,
  dropGeneration,
  generation as readGeneration,
  generationsOf,
  liveGeneration,
  lockGeneration,
  lockSet,
  makeLive,
  openReadStore,
  ReadStoreError,
  type Generation,
} from '@bestendig/read-store';
import type { Client } from 'pg';
import { createIndexes, createTables } from './change-set';
import { checksumOf, sameChecksum, type TableChecksum } from './checksum';
import { KnownPlacements } from './known-placements';
import { applyPage, applyPageLocked, connectForWriting, PLACEMENT_EVENTS, type Target } from './apply-page';
import { fingerprintOf, tablesOf, type ProjectionSet } from './projection';

/** Events of a page: larger than live, so that the two never cut the log alike, and that they agree says something. */
const PAGE_EVENTS = 10_000;

export type RebuildOptions = {
  readonly set: ProjectionSet;
  readonly store: EventStore;
  readonly databaseUrl: string;
  /** Gives up between two pages; what was done is gone on with at the next run. */
  readonly signal?: AbortSignal;
  readonly pageEvents?: number;
  readonly onProgress?: (progress: RebuildProgress) => void;
};
export type RebuildProgress = {
  readonly step: 'fold' | 'index' | 'verify';
  readonly events: number;
  /** null where it is not known */ readonly eventsInAll: number | null;
};

export type RebuildResult =
  | {
      readonly outcome: 'switched';
      readonly schema: string;
      readonly events: number;
      readonly checksum: readonly TableChecksum[];
      /** `otherDefinition`: folds, tables or policies had changed, so that there was nothing to compare with; `firstBuild`: nothing was live. */
      readonly compared: 'sameAsLive' | 'otherDefinition' | 'firstBuild';
    }
  | { readonly outcome: 'givenUp' };

/**
 * Makes all read models anew beside the live ones, from the first event on, with the same folds; compares, and switches
 * in one transaction. The build before is kept until the next rebuild. Questions are answered from the live build
 * meanwhile, and a projector may go on. It may be killed at any time: the next run goes on where it was.
 *
 * @throws ReadStoreError `rebuildRunning` where another one runs, `checksumDiffers` where the new build is not what live
 * holds: then nothing was switched, and the new build is gone.
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildResult> {
  await (await openReadStore(options.databaseUrl)).close();
  const client = await connectForWriting(options.databaseUrl);
  try {
    const { rows } = await client.query<{ got: boolean }>(
      `select pg_try_advisory_lock(hashtextextended($1, 0)) as got`,
      [`bestendig rebuild ${options.set.name}`],
    );
    if (rows[0]?.got !== true)
      throw new ReadStoreError('rebuildRunning', 'A rebuild of the read models is running already.');
    return await rebuildWith(client, options);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function rebuildWith(client: Client, options: RebuildOptions): Promise<RebuildResult> {
  const { set, onProgress } = options;
  const givenUp = () => options.signal?.aborted === true;
  const eventsInAll = (await liveGeneration(client, set.name))?.appliedEvents ?? null;
  let building = await inTransaction(client, () => beginOrResume(client, set));
  const known = new KnownPlacements();
  const follow = async (): Promise<void> => {
    building = await catchUp({ set, client, store: options.store, generation: building, known }, options, (events) =>
      onProgress?.({ step: 'fold', events, eventsInAll }),
    );
  };
  await follow();
  if (givenUp()) return { outcome: 'givenUp' };
  onProgress?.({ step: 'index', events: building.appliedEvents, eventsInAll });
  await createIndexes(client, set, building.schema);
  for (const { name } of tablesOf(set)) await client.query(`vacuum (analyze) ${building.schema}.${name}`);
  // What came meanwhile, so that little is left to be done while live is held.
  await follow();
  if (givenUp()) return { outcome: 'givenUp' };
  onProgress?.({ step: 'verify', events: building.appliedEvents, eventsInAll });
  const result = await inTransaction(client, () =>
    verifyAndSwitch({ set, client, store: options.store, generation: building, known }),
  );
  if (result !== null) return result;
  await inTransaction(client, () => dropGeneration(client, building.number));
  throw new ReadStoreError(
    'checksumDiffers',
    `The rebuilt read models differ from the live ones at the same position; live was left as it is.`,
  );
}

async function beginOrResume(client: Client, set: ProjectionSet): Promise<Generation> {
  await lockSet(client, set.name);
  const builds = await generationsOf(client, set.name);
  const unfinished = builds.find(
    ({ state, fingerprint }) => state === 'building' && fingerprint === fingerprintOf(set),
  );
  for (const build of builds)
    if (build.state !== 'live' && build !== unfinished) await dropGeneration(client, build.number);
  return (
    unfinished ??
    createGeneration(client, {
      set: set.name,
      fingerprint: fingerprintOf(set),
      createTables: (session, schema) => createTables(session, set, schema),
    })
  );
}

/** Folds up to where live is: the two are compared at one point of the log. Without a live build, up to its end. */
async function catchUp(target: Target, options: RebuildOptions, onPage: (events: number) => void): Promise<Generation> {
  const { set, client, store } = target;
  const { signal, pageEvents } = options;
  let building = target.generation;
  const live = await liveGeneration(client, set.name);
  const upTo = live === null ? await store.headPosition() : live.position;
  while (signal?.aborted !== true) {
    const page = await pageUpTo(store, building.position, upTo, pageEvents ?? PAGE_EVENTS);
    if (page === null) break;
    // Only this session writes to the build, under the rebuild's lock; a projector that takes live over moves nothing here.
    building = (await applyPage({ ...target, generation: building }, page)) ?? (await reread(client, building));
    onPage(building.appliedEvents);
  }
  return building;
}

async function reread(client: Client, building: Generation): Promise<Generation> {
  const now = await readGeneration(client, building.number);
  if (now === null) throw new ReadStoreError('fenced', 'The build was removed while it was made.');
  return now;
}

/** Events after `from` up to and including `target`; null where there is nothing between the two. */
async function pageUpTo(
  store: EventStore,
  from: Position | null,
  target: Position | null,
  limit: number,
): Promise<Page | null> {
  if (target === null || (from !== null && store.comparePositions(from, target) >= 0)) return null;
  const page = await store.readAll(from, { filter: PLACEMENT_EVENTS, limit });
  if (page.next === null) return null;
  if (store.comparePositions(page.next, target) <= 0) return page;
  return {
    events: page.events.filter(({ position }) => store.comparePositions(position, target) <= 0),
    next: target,
    atHead: false,
  };
}

/** In the caller's transaction. Null where the checksums differ. */
async function verifyAndSwitch(target: Target): Promise<RebuildResult | null> {
  const { set, client, store } = target;
  await lockSet(client, set.name);
  const current = await liveGeneration(client, set.name);
  // Held until the switch: no projector moves live on from here.
  const live = current === null ? null : await lockGeneration(client, current.number);
  let building = target.generation;
  for (;;) {
    const page = live === null ? null : await pageUpTo(store, building.position, live.position, PAGE_EVENTS);
    if (page === null) break;
    building = await applyPageLocked({ ...target, generation: building }, page);
  }
  await client.query('set local enable_seqscan = on');
  const checksum = await checksumOf(client, set, building.schema);
  const comparable = live !== null && live.fingerprint === fingerprintOf(set);
  if (comparable && !sameChecksum(checksum, await checksumOf(client, set, live.schema))) return null;
  await makeLive(client, set.name, building.number);
  const compared = live === null ? 'firstBuild' : comparable ? 'sameAsLive' : 'otherDefinition';
  return { outcome: 'switched', schema: building.schema, events: building.appliedEvents, checksum, compared };
}

async function inTransaction<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
