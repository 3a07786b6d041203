import type { EventStore } from '@bestendig/event-store';
import { connect, inTransaction } from '@bestendig/postgres';
import {
  beginRebuild,
  dropLeftOvers,
  endRebuild,
  generation as readGeneration,
  generationsOf,
  liveGeneration,
  lockGeneration,
  lockSet,
  makeLive,
  migrateReadStore,
  openRebuilds,
  ReadStoreError,
  rebuildLock,
  removeGeneration,
  type Generation,
} from '@bestendig/read-store';
import type { Client } from 'pg';
import { applyPage, applyPageLocked, connectForWriting } from './apply-page';
import { CATCH_UP_EVENTS, catchUpTo, pageUpTo } from './catch-up';
import { createIndexes } from './change-set';
import { besideLive, RebuildDiffers } from './beside-live';
import { beginBuild } from './first-build';
import { allDone, foldInParts } from './fold-in-parts';
import { KnownPlacements } from './known-placements';
import { makeWay, othersAreServed } from './making-way';
import { fingerprintOf, tablesOf, versionOf, type ProjectionSet } from './projection';
import { RebuildDiary } from './rebuild-diary';
import type { RebuildOptions, RebuildProgress, RebuildResult } from './rebuild-result';

/** Indexes are made on so many connections, while nobody else is served. */
const INDEXERS = 2;

/**
 * Makes a set of projections anew beside the live ones, from the first event on, with the same folds: in parts that have
 * nothing to do with each other, each read, folded and loaded at once; then indexes, the pages that came meanwhile,
 * comparison with live at one point of the log, and the switch. The build before is kept until the next rebuild. Questions
 * are answered from the live build meanwhile, and a projector goes on. It may be killed at any time: the next run goes on
 * where it was, with the parts that are not done.
 *
 * @throws ReadStoreError `rebuildRunning` where another one runs, `rebuildCancelled` where it was cancelled,
 * `checksumDiffers` where the new build is not what live holds: then nothing was switched, and the new build is gone.
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildResult> {
  return alone(options.databaseUrl, options.set, (client) => new Rebuild(client, options).run());
}

/** Runs `work` while no other rebuild of the set runs. @throws ReadStoreError `rebuildRunning` */
export async function alone<Result>(
  databaseUrl: string,
  set: ProjectionSet,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  await migrateReadStore(databaseUrl);
  const client = await connectForWriting(databaseUrl);
  try {
    const { rows } = await client.query<{ got: boolean }>(
      `select pg_try_advisory_lock(hashtextextended($1, 0)) as got`,
      [rebuildLock(set.name)],
    );
    if (rows[0]?.got !== true)
      throw new ReadStoreError('rebuildRunning', 'A rebuild of the read models is running already.');
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

class Rebuild {
  private readonly known = new KnownPlacements();
  private readonly set: ProjectionSet;
  private readonly store: EventStore;
  private readonly diary: RebuildDiary;
  private eventsInAll: number | null = null;
  private isApproved = false;
  private record = 0;

  constructor(
    private readonly client: Client,
    private readonly options: RebuildOptions,
  ) {
    this.set = options.set;
    this.store = options.store;
    this.diary = new RebuildDiary(options.databaseUrl, options.byProjector === true);
  }

  async run(): Promise<RebuildResult> {
    const { diary } = this;
    try {
      const build = await this.begin();
      if (build === null) return { outcome: 'isLive' };
      return await this.make(build).catch(async (error: unknown) => {
        throw await this.ended(error, build);
      });
    } finally {
      await diary.close();
    }
  }

  /** Null where there is nothing to do. */
  private async begin(): Promise<Generation | null> {
    const { client, set, diary, options } = this;
    const build = await inTransaction(client, async () => {
      await lockSet(client, set.name);
      const { approve = false, onlyVerify = false, byProjector = false, record = null } = options;
      const live = await liveGeneration(client, set.name);
      if (options.onlyIfNotLive === true && live?.fingerprint === fingerprintOf(set)) return null;
      const begun = await beginRebuild(client, versionOf(set), { approved: approve, onlyVerify, byProjector, record });
      this.isApproved = begun.approved;
      this.record = begun.number;
      return this.beginOrResume();
    });
    if (build === null) return null;
    diary.open(this.record);
    options.onBegun?.(this.record);
    return build;
  }

  /** What fails because the build was removed under it was cancelled. */
  private async ended(error: unknown, build: Generation): Promise<unknown> {
    const { client, diary } = this;
    if (error instanceof RebuildDiffers) return error;
    const gone = (await readGeneration(client, build.number).catch(() => build)) === null;
    if (!gone) {
      diary.fail(error);
      return error;
    }
    await this.dropLeftOvers();
    const cancelled = new ReadStoreError('rebuildCancelled', 'The rebuild was cancelled: the new build is gone, live is as it was.'); // prettier-ignore
    diary.fail(cancelled);
    return cancelled;
  }

  private async make(begun: Generation): Promise<RebuildResult> {
    const { client, set } = this;
    await this.dropLeftOvers();
    let build = begun;
    const live = await liveGeneration(client, set.name);
    this.eventsInAll = live?.appliedEvents ?? null;
    if (build.position === null) build = await this.foldInParts(build, live);
    if (this.isGivenUp()) return this.giveUp();
    this.tell('index', build.appliedEvents);
    await this.index(build);
    build = await this.catchUp(build);
    if (this.isGivenUp()) return this.giveUp();
    this.tell('verify', build.appliedEvents);
    return this.verifyAndSwitch(build);
  }

  /** Under the set's lock. Builds of other versions are left to those where a rebuild of theirs is open. */
  private async beginOrResume(): Promise<Generation> {
    const { client, set } = this;
    const builds = (await generationsOf(client, set.name)).filter(({ state }) => state === 'building');
    const open = new Set((await openRebuilds(client, set.name)).map(({ fingerprint }) => fingerprint));
    for (const { number, fingerprint } of builds) if (!open.has(fingerprint)) await removeGeneration(client, number);
    return builds.find(({ fingerprint }) => fingerprint === fingerprintOf(set)) ?? beginBuild(client, set);
  }

  private foldInParts(build: Generation, live: Generation | null): Promise<Generation> {
    return foldInParts({
      client: this.client,
      options: this.options,
      build,
      live,
      isGivenUp: () => this.isGivenUp(),
      tell: (step, events) => this.tell(step, events),
      reread: (one) => this.reread(one),
    });
  }

  /** Also where a run before was killed in the middle of it. */
  private async index(build: Generation): Promise<void> {
    const waiting = tablesOf(this.set).values();
    const besideOthers = await othersAreServed(this.client);
    const work = async (): Promise<void> => {
      const client = await connect({ databaseUrl: this.options.databaseUrl, name: 'rebuild (index)' });
      try {
        if (besideOthers) await client.query('set max_parallel_maintenance_workers = 0');
        for (const table of waiting) {
          const begun = performance.now();
          await inTransaction(client, async () => {
            // What a killed process left running in the server is waited for, so that what it made is seen.
            await client.query(`lock table ${build.schema}.${table.name} in access exclusive mode`);
            await createIndexes(client, table, build.schema);
          });
          await client.query(`vacuum (analyze) ${build.schema}.${table.name}`);
          await makeWay(client, performance.now() - begun);
        }
      } finally {
        await client.end().catch(() => undefined);
      }
    };
    await allDone(Array.from({ length: besideOthers ? 1 : INDEXERS }, work));
  }

  /** Folds up to where live is, page by page: the two are compared at one point of the log. Without a live build, up to its end. */
  private async catchUp(generation: Generation): Promise<Generation> {
    const { client, set, store, known, options } = this;
    const live = await liveGeneration(client, set.name);
    return catchUpTo(
      { set, client, store, known, generation },
      {
        upTo: live === null ? await store.headPosition() : live.position,
        apply: applyPage,
        reread: (build) => this.reread(build),
        pageEvents: options.pageEvents ?? CATCH_UP_EVENTS,
        signal: options.signal,
        onPage: (build) => this.tell('catchUp', build.appliedEvents),
      },
    );
  }

  /** What came of it is noted with what is done, in one transaction. */
  private async verifyAndSwitch(before: Generation): Promise<RebuildResult> {
    const { client, options, record } = this;
    await this.bringLiveUpTo(before);
    const held = await besideLive(options, client, () => this.catchUpAgain(before));
    if (held === null) return this.giveUp();
    const { compared, differences, events } = held;
    const told = { schema: before.schema, ...held } as const;
    const outcome = { compared, differences, schema: before.schema, events };
    const isRefused = differences.length > 0 && !this.isApproved;
    if (isRefused && compared === 'otherDefinition' && options.onlyVerify !== true) {
      await endRebuild(client, record, 'awaitsApproval', outcome);
      return { outcome: 'awaitsApproval', ...told };
    }
    const differs = isRefused && compared !== 'otherDefinition';
    if (differs || options.onlyVerify === true) {
      await inTransaction(client, async () => {
        await removeGeneration(client, before.number);
        await endRebuild(client, record, differs ? 'differs' : 'verified', outcome);
      });
      await this.dropLeftOvers();
      if (differs) throw new RebuildDiffers(differences);
      return { outcome: 'verified', ...told };
    }
    const switched = await inTransaction(client, async () => {
      const applied = await this.switch(before);
      await endRebuild(client, record, 'switched', { ...outcome, events: applied });
      return applied;
    });
    await this.dropLeftOvers();
    return { outcome: 'switched', ...told, events: switched };
  }

  /** What cannot be dropped now is dropped at the next occasion. */
  private async dropLeftOvers(): Promise<void> {
    await dropLeftOvers(this.client).catch(() => undefined);
  }

  private giveUp(): RebuildResult {
    this.diary.giveUp();
    return GIVEN_UP;
  }

  private async catchUpAgain(before: Generation): Promise<Generation | null> {
    const build = await this.catchUp(await this.reread(before));
    return this.isGivenUp() ? null : build;
  }

  /** A build that was begun while nothing was live may be further than what is live now. */
  private async bringLiveUpTo(build: Generation): Promise<void> {
    const { client, set, store } = this;
    const { position } = await this.reread(build);
    let known = new KnownPlacements();
    while (!this.isGivenUp()) {
      const live = await liveGeneration(client, set.name);
      if (live === null || live.fingerprint !== fingerprintOf(set)) return;
      const page = await pageUpTo(store, live.position, position, CATCH_UP_EVENTS);
      if (page === null) return;
      const applied = await applyPage({ set, client, store, generation: live, known }, page);
      if (applied === null) known = new KnownPlacements();
    }
  }

  /** In the caller's transaction: no projector moves live on from here. */
  private async switch(before: Generation): Promise<number> {
    const { client, set, store, known } = this;
    await lockSet(client, set.name);
    const current = await liveGeneration(client, set.name);
    const live = current === null ? null : await lockGeneration(client, current.number);
    const own = await lockGeneration(client, before.number);
    if (own === null) throw new ReadStoreError('rebuildCancelled', 'The build was removed before it was switched to.');
    const build = await catchUpTo(
      { set, client, store, known, generation: own },
      { upTo: live?.position ?? null, apply: applyPageLocked, reread: (one) => this.reread(one) },
    );
    // The one that was kept makes room for the one that was live.
    for (const { number, state } of await generationsOf(client, set.name))
      if (state === 'kept') await removeGeneration(client, number);
    await makeLive(client, set.name, build.number);
    return build.appliedEvents;
  }

  private async reread(build: Generation): Promise<Generation> {
    const now = await readGeneration(this.client, build.number);
    if (now === null) throw new ReadStoreError('fenced', 'The build was removed while it was made.');
    return now;
  }

  private isGivenUp(): boolean {
    return this.options.signal?.aborted === true;
  }

  private tell(step: RebuildProgress['step'], events: number): void {
    const progress = { step, events, eventsInAll: this.eventsInAll };
    this.diary.tell(progress);
    this.options.onProgress?.(progress);
  }
}

const GIVEN_UP = { outcome: 'givenUp' } as const;
