import type { EventStore } from '@bestendig/event-store';
import { connect, inTransaction } from '@bestendig/postgres';
import {
  approveRebuild as noteApproval,
  dropLeftOvers,
  endRebuild,
  generation as readGeneration,
  generationsOf,
  liveGeneration,
  lockGeneration,
  lockSet,
  makeLive,
  migrateReadStore,
  openReadStore,
  openRebuilds,
  ReadStoreError,
  removeGeneration,
  requestRebuild as noteRequest,
  type Generation,
  type ReadStore,
  type RebuildRecord,
} from '@bestendig/read-store';
import type { Client } from 'pg';
import { applyPage, applyPageLocked } from './apply-page';
import { catchUpTo } from './catch-up';
import { KnownPlacements } from './known-placements';
import { placementOfStream } from './opaque-ids';
import { fingerprintOf, versionOf, type ProjectionSet } from './projection';
import { alone } from './rebuild';
import { foldHistories } from './rebuild-part';

const PAGE_STREAMS = 10_000;
/** Placements that are folded to estimate what a rebuild takes. */
const SAMPLE_PLACEMENTS = 2_000;

type Where = { readonly set: ProjectionSet; readonly store: EventStore; readonly databaseUrl: string };

/**
 * Makes the build that was live before live again, once it holds what live holds. The one that was live is kept in its
 * turn. Only a build of this version's definitions can be gone on with: one of another version is gone back to by starting
 * that version.
 *
 * @throws ReadStoreError `rebuildRunning` while a rebuild runs, `nothingToGoBackTo`
 */
export async function rollBack({ set, store, databaseUrl }: Where): Promise<Generation> {
  return alone(databaseUrl, set, async (client) => {
    const kept = (await generationsOf(client, set.name)).filter(({ state }) => state === 'kept').at(-1);
    if (kept === undefined)
      throw new ReadStoreError(
        'nothingToGoBackTo',
        'No build is kept: there was one rebuild at most, or it is the one that is live.',
      );
    if (kept.fingerprint !== fingerprintOf(set))
      throw new ReadStoreError(
        'nothingToGoBackTo',
        `The build that is kept is of another version (${kept.fingerprint}): start that version, and it goes back to it.`,
      );
    await switchTo({ set, store, client }, kept);
    return kept;
  });
}

/** The build of this version that is kept; null where none is. */
export async function keptOwn(client: Client, set: ProjectionSet): Promise<Generation | null> {
  const isOwn = ({ state, fingerprint }: Generation): boolean => state === 'kept' && fingerprint === fingerprintOf(set);
  return (await generationsOf(client, set.name)).filter(isOwn).at(-1) ?? null;
}

/** Goes back to a kept build of this version, where there is one: after another version was tried. */
export async function goBackToOwn({ set, store, databaseUrl }: Where): Promise<boolean> {
  return alone(databaseUrl, set, async (client) => {
    const kept = await keptOwn(client, set);
    if (kept === null) return false;
    await switchTo({ set, store, client }, kept);
    return true;
  });
}

async function switchTo(
  { set, store, client }: { readonly set: ProjectionSet; readonly store: EventStore; readonly client: Client },
  kept: Generation,
): Promise<void> {
  const known = new KnownPlacements();
  const follow = async (generation: Generation, apply: typeof applyPage): Promise<Generation> => {
    const upTo = (await liveGeneration(client, set.name))?.position ?? null;
    return catchUpTo(
      { set, client, store, known, generation },
      { upTo, apply, reread: (build) => reread(client, build) },
    );
  };
  const followed = await follow(kept, applyPage);
  await inTransaction(client, async () => {
    await lockSet(client, set.name);
    const live = await liveGeneration(client, set.name);
    if (live !== null) await lockGeneration(client, live.number);
    const { number } = await follow(followed, applyPageLocked);
    await makeLive(client, set.name, number);
  });
}

async function reread(client: Client, build: Generation): Promise<Generation> {
  const now = await readGeneration(client, build.number);
  if (now === null) throw new ReadStoreError('nothingToGoBackTo', 'The build that was kept was removed.');
  return now;
}

/**
 * Has the projector make everything anew beside live, within about a second. One that was stopped is gone on with.
 *
 * @throws ReadStoreError `rebuildRunning` where one runs, was asked for, or waits for approval
 */
export function requestRebuild(
  set: ProjectionSet,
  readStore: ReadStore,
  asked: { readonly onlyVerify: boolean; readonly approved: boolean },
): Promise<RebuildRecord> {
  return noteRequest(readStore.pool, versionOf(set), asked);
}

/** Agrees to how a new version's rows differ from live: the projector switches. @throws ReadStoreError `nothingToApprove` */
export function approveRebuild(set: ProjectionSet, readStore: ReadStore): Promise<RebuildRecord> {
  return noteApproval(readStore.pool, versionOf(set));
}

/** Removes the builds that rebuilds of any version make, have left unfinished, or keep for approval; one that runs ends with `rebuildCancelled`. @returns whether there was one */
export async function cancelRebuild({ set, databaseUrl }: Pick<Where, 'set' | 'databaseUrl'>): Promise<boolean> {
  await migrateReadStore(databaseUrl);
  const client = await connect({ databaseUrl, name: 'cancel a rebuild' });
  try {
    const removed = await inTransaction(client, async () => {
      await lockSet(client, set.name);
      const building = (await generationsOf(client, set.name)).filter(({ state }) => state === 'building');
      for (const { number } of building) await removeGeneration(client, number);
      const open = await openRebuilds(client, set.name);
      for (const asked of open) await endRebuild(client, asked.number, 'cancelled', null);
      return open.length > 0 || building.length > 0;
    });
    await dropLeftOvers(client);
    return removed;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export type RebuildEstimate = {
  readonly placements: number;
  /** Null where nothing is live that says so. */
  readonly events: number | null;
  /** Of one thread, measured on a few placements now; loading and indexing come on top. */
  readonly eventsPerSecond: number;
};

/** What a rebuild would have to do. Nothing is stored. */
export async function estimateRebuild({ set, store, databaseUrl }: Where): Promise<RebuildEstimate> {
  const readStore = await openReadStore(databaseUrl);
  try {
    const live = await liveGeneration(readStore.pool, set.name);
    const upTo = await store.headPosition();
    const sample = (await store.streamsOf('placement', null, SAMPLE_PLACEMENTS))
      .map(placementOfStream)
      .filter((placement) => placement !== null);
    const fold = async (): Promise<number> => (upTo === null ? 0 : foldHistories(set, store, sample, upTo));
    // The first time is not what a long run is like.
    await fold();
    const begun = performance.now();
    const events = await fold();
    const eventsPerSecond = events / ((performance.now() - begun) / 1_000);
    return { placements: await countPlacements(store), events: live?.appliedEvents ?? null, eventsPerSecond };
  } finally {
    await readStore.close();
  }
}

async function countPlacements(store: EventStore): Promise<number> {
  let count = 0;
  for (let after: string | null = null; ;) {
    const streams: readonly string[] = await store.streamsOf('placement', after, PAGE_STREAMS);
    const last = streams.at(-1);
    if (last === undefined) return count;
    count += streams.length;
    after = last;
  }
}
