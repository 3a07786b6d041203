import type { EventStore, Instant, Position } from '@bestendig/event-store';
import { connect, inTransaction } from '@bestendig/postgres';
import {
  dropLeftOvers,
  generation as readGeneration,
  generationsOf,
  instantText,
  liveGeneration,
  lockGeneration,
  lockSet,
  makeLive,
  migrateReadStore,
  placeCheckpoint,
  ReadStoreError,
  removeGeneration,
  type Generation,
} from '@bestendig/read-store';
import type { Client } from 'pg';
import { applyPage, applyPageLocked, connectForWriting, PLACEMENT_EVENTS } from './apply-page';
import { CATCH_UP_EVENTS, catchUpTo, pageUpTo } from './catch-up';
import { createIndexes } from './change-set';
import { checksumOf, differencesOf, type Difference, type TableChecksum } from './checksum';
import { beginBuild } from './first-build';
import { KnownPlacements } from './known-placements';
import { fingerprintOf, tablesOf, type ProjectionSet } from './projection';
import { foldPart, type PartDone, type PartTask } from './rebuild-part';
import { dropPlan, makePlan, readPlan, type Point, type RebuildPlan } from './rebuild-plan';

/** Indexes are made on so many connections. */
const INDEXERS = 2;

export type RebuildOptions = {
  readonly set: ProjectionSet;
  readonly store: EventStore;
  readonly databaseUrl: string;
  /** Gives up between two parts or pages; what was done is gone on with at the next run. */
  readonly signal?: AbortSignal;
  readonly pageEvents?: number;
  /** Folds parts elsewhere, so many at a time; unless given they are folded here, one by one. */
  readonly folders?: PartFolders;
  /** Switches also where the rows differ from those of live: somebody has looked at the differences. */
  readonly approve?: boolean;
  /** Compares and leaves live as it is; the new build is dropped. */
  readonly onlyVerify?: boolean;
  readonly onProgress?: (progress: RebuildProgress) => void;
};
export type PartFolders = { readonly count: number; fold(task: PartTask): Promise<PartDone> };
export type RebuildProgress = {
  readonly step: 'plan' | 'fold' | 'index' | 'catchUp' | 'verify';
  readonly events: number;
  /** null where it is not known */ readonly eventsInAll: number | null;
};

export type RebuildResult =
  | {
      readonly outcome: 'switched' | 'verified';
      readonly schema: string;
      readonly events: number;
      readonly checksum: readonly TableChecksum[];
      /** `otherThanLive`: approved (`differences`); `otherDefinition`: folds, tables or policies had changed; `firstBuild`: nothing was live. */
      readonly compared: 'sameAsLive' | 'otherThanLive' | 'otherDefinition' | 'firstBuild';
      readonly differences: readonly Difference[];
    }
  | { readonly outcome: 'givenUp' };

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
      [`bestendig rebuild ${set.name}`],
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
  private eventsInAll: number | null = null;

  constructor(
    private readonly client: Client,
    private readonly options: RebuildOptions,
  ) {
    this.set = options.set;
    this.store = options.store;
  }

  async run(): Promise<RebuildResult> {
    const { client } = this;
    const build = await inTransaction(client, () => this.beginOrResume());
    try {
      return await this.make(build);
    } catch (error) {
      // What fails because the build was removed under it was cancelled.
      const gone = (await readGeneration(client, build.number).catch(() => build)) === null;
      const isOwnWord = error instanceof ReadStoreError && error.code === 'checksumDiffers';
      if (gone && !isOwnWord) {
        await dropLeftOvers(client).catch(() => undefined);
        throw new ReadStoreError(
          'rebuildCancelled',
          'The rebuild was cancelled: the new build is gone, live is as it was.',
        );
      }
      throw error;
    }
  }

  private async make(begun: Generation): Promise<RebuildResult> {
    const { client, set } = this;
    await dropLeftOvers(client);
    let build = begun;
    const live = await liveGeneration(client, set.name);
    this.eventsInAll = live?.appliedEvents ?? null;
    if (build.position === null) build = await this.foldInParts(build, live);
    if (this.isGivenUp()) return GIVEN_UP;
    this.tell('index', build.appliedEvents);
    await this.index(build);
    build = await this.catchUp(build);
    if (this.isGivenUp()) return GIVEN_UP;
    this.tell('verify', build.appliedEvents);
    return this.verifyAndSwitch(build);
  }

  private async beginOrResume(): Promise<Generation> {
    const { client, set } = this;
    await lockSet(client, set.name);
    const builds = await generationsOf(client, set.name);
    const unfinished = builds.find((build) => build.state === 'building' && build.fingerprint === fingerprintOf(set));
    for (const build of builds)
      if (build.state === 'building' && build !== unfinished) await removeGeneration(client, build.number);
    return unfinished ?? beginBuild(client, set);
  }

  private async foldInParts(build: Generation, live: Generation | null): Promise<Generation> {
    const { client } = this;
    const plan = (await readPlan(client, build.schema)) ?? (await this.plan(build, live));
    // An empty log, or live still at its start: everything is caught up with.
    if (plan === null) return build;
    await this.foldParts(build, plan);
    if (this.isGivenUp()) return build;
    await inTransaction(client, async () => {
      await placeCheckpoint(client, build.number, {
        position: plan.upTo,
        ...plan,
        ...(await partsFolded(client, build.schema)),
      });
      await dropPlan(client, build.schema);
    });
    return this.reread(build);
  }

  private async plan(build: Generation, live: Generation | null): Promise<RebuildPlan | null> {
    const { client, store } = this;
    this.tell('plan', 0);
    const point = live === null ? await headOf(store) : pointOf(live);
    if (point === null) return null;
    await inTransaction(client, () => makePlan(client, store, build.schema, point));
    return readPlan(client, build.schema);
  }

  private async foldParts(build: Generation, plan: RebuildPlan): Promise<void> {
    const { client, set, store, options } = this;
    const folders = options.folders ?? { count: 1, fold: (task: PartTask) => foldPart({ set, store, client }, task) };
    let events = plan.parts.reduce((sum, part) => sum + part.events, 0);
    const waiting = plan.parts.filter(({ done }) => !done).values();
    this.tell('fold', events);
    const work = async (): Promise<void> => {
      for (const { number } of waiting) {
        if (this.isGivenUp()) return;
        // By this session holds the rebuild's lock: where it is lost, nobody may go on folding.
        await this.reread(build);
        const done = await folders.fold({
          generation: build.number,
          schema: build.schema,
          part: number,
          upTo: plan.upTo,
        });
        this.tell('fold', (events += done.events));
      }
    };
    await allDone(Array.from({ length: folders.count }, work));
  }

  /** Also where a run before was killed in the middle of it. */
  private async index(build: Generation): Promise<void> {
    const waiting = tablesOf(this.set).values();
    const work = async (): Promise<void> => {
      const client = await connect({ databaseUrl: this.options.databaseUrl, name: 'rebuild (index)' });
      try {
        for (const table of waiting) {
          await inTransaction(client, async () => {
            // What a killed process left running in the server is waited for, so that what it made is seen.
            await client.query(`lock table ${build.schema}.${table.name} in access exclusive mode`);
            await createIndexes(client, table, build.schema);
          });
          await client.query(`vacuum (analyze) ${build.schema}.${table.name}`);
        }
      } finally {
        await client.end().catch(() => undefined);
      }
    };
    await allDone(Array.from({ length: INDEXERS }, work));
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

  /**
   * Live is held for as long as it takes to come to where it is, and to take a snapshot there; both builds are then summed
   * in that snapshot while live goes on.
   */
  private async verifyAndSwitch(before: Generation): Promise<RebuildResult> {
    const { client, options } = this;
    await this.bringLiveUpTo(before);
    const held = await this.standBesideLive(before);
    if (held === null) return GIVEN_UP;
    const checksum = held.built;
    const comparable = held.live !== null && held.live.generation.fingerprint === fingerprintOf(this.set);
    const isRefused = comparable && held.differences.length > 0 && options.approve !== true;
    if (isRefused || options.onlyVerify === true) {
      await removeGeneration(client, before.number);
      await dropLeftOvers(client);
    }
    if (isRefused)
      throw new ReadStoreError('checksumDiffers', `The rebuilt read models differ from the live ones at the same position; live was left as it was. ${described(held.differences)}`); // prettier-ignore
    const same = held.differences.length === 0 ? 'sameAsLive' : 'otherThanLive';
    const compared = held.live === null ? 'firstBuild' : comparable ? same : 'otherDefinition';
    const { schema } = before;
    const told = { schema, checksum, compared, differences: held.differences } as const;
    if (options.onlyVerify === true) return { outcome: 'verified', events: held.events, ...told };
    const events = await inTransaction(client, () => this.switch(before));
    await dropLeftOvers(client);
    return { outcome: 'switched', events, ...told };
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

  private async standBesideLive(before: Generation): Promise<{
    readonly live: { readonly generation: Generation } | null;
    readonly events: number;
    readonly built: readonly TableChecksum[];
    readonly differences: readonly Difference[];
  } | null> {
    const { client, set, options } = this;
    // With the settings of the other session: rows are compared by their text.
    const holder = await connectForWriting(options.databaseUrl);
    try {
      await holder.query('begin');
      const current = await liveGeneration(holder, set.name);
      const live = current === null ? null : await lockGeneration(holder, current.number);
      const build = await this.catchUp(await this.reread(before));
      if (this.isGivenUp()) return null;
      await client.query('begin isolation level repeatable read read only');
      await client.query('set local enable_seqscan = on; set local enable_hashjoin = on');
      // Only a question takes the snapshot: it must be taken before live moves on.
      const { rows } = await client.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
      await holder.query('commit');
      await holder.query('begin isolation level repeatable read read only');
      await holder.query(`set transaction snapshot '${rows[0]?.snapshot ?? ''}'`);
      const isComparable = live !== null && live.fingerprint === fingerprintOf(set);
      const [built, other] = await bothDone(
        checksumOf(client, set, build.schema),
        isComparable ? checksumOf(holder, set, live.schema) : Promise.resolve(null),
      );
      if (live === null) return { live: null, events: build.appliedEvents, built, differences: [] };
      const differences =
        other === null
          ? []
          : await differencesOf(client, set, { schema: live.schema, checksum: other }, { schema: build.schema, checksum: built }); // prettier-ignore
      return { live: { generation: live }, events: build.appliedEvents, built, differences };
    } finally {
      await client.query('rollback').catch(() => undefined);
      await holder.end().catch(() => undefined);
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
    this.options.onProgress?.({ step, events, eventsInAll: this.eventsInAll });
  }
}

const GIVEN_UP = { outcome: 'givenUp' } as const;

/** Where live is, whose rows the new build is compared with. */
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

const described = (differences: readonly Difference[]): string =>
  differences
    .map(({ table, liveRows, builtRows, parts, examples }) => `${table}: ${liveRows} rows live, ${builtRows} rebuilt, ${parts} parts differ, e.g. ${examples.join(', ')}.`)
    .join(' '); // prettier-ignore

/** Waits for both, also where one fails: its connection is used again. */
async function bothDone<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

/** Waits for all, then throws the first failure: nobody works on behind the back of who gave up. */
async function allDone(works: readonly Promise<void>[]): Promise<void> {
  for (const work of await Promise.allSettled(works)) if (work.status === 'rejected') throw work.reason;
}
