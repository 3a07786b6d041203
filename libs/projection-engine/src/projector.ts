import { setTimeout as sleep } from 'node:timers/promises';
import {
  liveGeneration,
  migrateReadStore,
  quarantinedDue,
  ReadStoreError,
  retryNow,
  takeOver,
  type Generation,
} from '@bestendig/read-store';
import type { Client } from 'pg';
import { applyAgain, applyPage, connectForWriting, PLACEMENT_EVENTS, type Target } from './apply-page';
import { isAway } from './away';
import { startFirstBuild } from './first-build';
import { fingerprintOf, type ProjectionSet } from './projection';
import { KnownPlacements } from './known-placements';
import { goBackToOwn, keptOwn } from './operations';
import { carryOutRebuilds, makeOwnVersion, type Beside, type OwnRebuild } from './requested-rebuilds';
import { tablesThatDiffer } from './self-check';
import { withTicks } from './ticks';

/** Events of a page: enough to spread the cost of a transaction, few enough to follow within a second. */
const PAGE_EVENTS = 4_000;
/** Projectors that wait for their turn look this often whether they are to go on waiting. */
const TURN_WAIT_MS = 1_000;
const RETRY_MS_MAX = 5_000;
/** Placements in quarantine whose time has come are looked for this often, and folded again this many at a time. */
const QUARANTINE_POLL_MS = 1_000;
const QUARANTINE_PLACEMENTS = 100;
/** How long that may keep the projector from following the log, each time and before it begins. */
const QUARANTINE_MS_MAX = 250;
const QUARANTINE_START_MS_MAX = 10_000;

export type ProjectorOptions = Beside & {
  readonly pageEvents?: number;
  /** After each page, and once when the end of the log is reached. */
  readonly onProgress?: (progress: {
    readonly appliedEvents: number;
    readonly knownTime: string | null;
    readonly atHead: boolean;
  }) => void;
};

/**
 * Follows the log and keeps the live read models up to date, until the signal aborts. Of several projectors one works and
 * the others wait for their turn. Rows and checkpoint move in one transaction, so it may be killed at any time.
 *
 * @throws what is not a matter of reaching the database: a defect, which nothing may be built on.
 */
export async function runProjector(options: ProjectorOptions): Promise<void> {
  const { signal } = options;
  const stop = new AbortController();
  let rebuilds: Promise<void> = Promise.resolve();
  let failures = 0;
  const start: Start = {
    isDone: false,
    own: { record: null },
    done: () => {
      if (start.isDone) return;
      start.isDone = true;
      rebuilds = carryOutRebuilds({ ...options, signal: AbortSignal.any([signal, stop.signal]) });
    },
  };
  const onProgress: ProjectorOptions['onProgress'] = (progress) => ((failures = 0), options.onProgress?.(progress));
  try {
    while (!signal.aborted) {
      try {
        await projectWhileConnected({ ...options, onProgress }, start);
      } catch (error) {
        if (signal.aborted) return;
        if (!mayPass(error)) throw error;
        options.onRetry?.(error);
        failures += 1;
        await sleep(Math.min(100 * 2 ** failures, RETRY_MS_MAX), undefined, { signal }).catch(() => undefined);
      }
    }
  } finally {
    stop.abort();
    await rebuilds;
  }
}

/** Another version's read models are replaced by a program that is started, not by one that has long been running. */
type Start = { isDone: boolean; readonly own: OwnRebuild; readonly done: () => void };

async function projectWhileConnected(options: ProjectorOptions, start: Start): Promise<void> {
  const { set, signal } = options;
  const client = await connectForWriting(options.databaseUrl);
  try {
    await migrateReadStore(options.databaseUrl);
    if (!start.isDone) await ensureOwnVersion(client, options, start.own);
    if (signal.aborted) return;
    start.done();
    if (!(await waitForTurn(client, options))) return;
    if ((await liveGeneration(client, set.name)) === null) await startFirstBuild(client, set);
    const epoch = await takeOver(client, set.name);
    await checkFolds(client, options);
    while (!signal.aborted) await followUntilSwitched(client, epoch, options);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const turnOf = (set: ProjectionSet): string => `bestendig projector ${set.name}`;

/**
 * One projector at a time. The lock dies with the connection, and with it whatever this projector had begun. Who waits for
 * read models that were replaced by another version's would wait for nothing.
 *
 * @throws ReadStoreError `otherVersionLive`
 */
async function waitForTurn(client: Client, { set, signal }: ProjectorOptions): Promise<boolean> {
  await client.query(`set lock_timeout = ${TURN_WAIT_MS}`);
  try {
    while (!signal.aborted) {
      try {
        const live = await liveGeneration(client, set.name);
        if (live !== null && live.fingerprint !== fingerprintOf(set)) throw otherVersionLive();
        await client.query(`select pg_advisory_lock(hashtextextended($1, 0))`, [turnOf(set)]);
        return true;
      } catch (error) {
        if (!isLockTimeout(error)) throw error;
      }
    }
    return false;
  } finally {
    await client.query('reset lock_timeout').catch(() => undefined);
  }
}

const isLockTimeout = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '55P03';

async function hasTurn(client: Client, set: ProjectionSet): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(`select pg_try_advisory_lock(hashtextextended($1, 0)) as got`, [
    turnOf(set),
  ]);
  return rows[0]?.got === true;
}

/**
 * After a change of folds, tables or policies the set is made anew first, while a projector of the version before may go
 * on with its own. That version finds its build kept when it is started again, and goes back to it: where no projector of
 * the other one runs, so that two programs that are kept running do not take turns.
 *
 * @throws ReadStoreError `otherVersionLive`, `rebuildCancelled`
 */
async function ensureOwnVersion(client: Client, options: ProjectorOptions, own: OwnRebuild): Promise<void> {
  const { set, store, databaseUrl } = options;
  const live = await liveGeneration(client, set.name);
  if (live === null || live.fingerprint === fingerprintOf(set)) return;
  if ((await keptOwn(client, set)) === null) return makeOwnVersion(client, options, own);
  if (!(await hasTurn(client, set))) throw otherVersionLive();
  if (!(await goBackToOwn({ set, store, databaseUrl }))) await makeOwnVersion(client, options, own);
}

/** @throws ReadStoreError `foldChanged` */
async function checkFolds(client: Client, { set, store }: ProjectorOptions): Promise<void> {
  const live = await ownLive(client, set);
  const differ = await tablesThatDiffer({ set, store, client, live });
  if (differ.length === 0) return;
  throw new ReadStoreError(
    'foldChanged',
    `This program makes other rows of the same facts than the live read models hold (${differ.join(', ')}), under the same version. ` +
      'A fold that was changed needs a new version where its projection is declared: the read models are then made anew at the next start. ' +
      'Otherwise compare them (npm run rebuild -- --verify), and replace them if they are wrong (npm run rebuild -- --approve).',
  );
}

/** Until the signal aborts, or another build was made live. */
async function followUntilSwitched(client: Client, epoch: number, options: ProjectorOptions): Promise<void> {
  const { set } = options;
  const live = await ownLive(client, set);
  if (live.ownerEpoch !== epoch) throw new ReadStoreError('fenced', 'Another projector took over.');
  try {
    await followLive(client, live, options);
  } catch (error) {
    // What was followed is kept when another build is switched to, and gone when yet another is.
    const now = await liveGeneration(client, set.name);
    if (now === null || now.number === live.number) throw error;
  }
}

/** @throws ReadStoreError `otherVersionLive` */
async function ownLive(client: Client, set: ProjectionSet): Promise<Generation> {
  const live = await liveGeneration(client, set.name);
  if (live === null) throw new Error('The read models that were live are gone.');
  if (live.fingerprint !== fingerprintOf(set)) throw otherVersionLive();
  return live;
}

const otherVersionLive = (): ReadStoreError =>
  new ReadStoreError(
    'otherVersionLive',
    'Another version of this program has made its read models live. This one ends; started when no other runs, it goes back to its own.',
  );

async function followLive(client: Client, live: Generation, options: ProjectorOptions): Promise<void> {
  const { set, store, onProgress } = options;
  const known = new KnownPlacements();
  // The program may not be the one that they threw in.
  await retryNow(client, live.number, null);
  let generation = await foldDue({ set, client, store, generation: live, known }, QUARANTINE_START_MS_MAX);
  if (generation === null) return;
  const stop = new AbortController();
  const pages = store
    .subscribe(generation.position, {
      filter: PLACEMENT_EVENTS,
      limit: options.pageEvents ?? PAGE_EVENTS,
      signal: AbortSignal.any([options.signal, stop.signal]),
    })
    [Symbol.asyncIterator]();
  try {
    for await (const page of withTicks(pages, QUARANTINE_POLL_MS)) {
      const target: Target = { set, client, store, generation, known };
      // Another build may be switched to while nothing is recorded.
      if (page === null && (await liveGeneration(client, set.name))?.number !== generation.number) return;
      generation = page === null ? await foldDue(target, QUARANTINE_MS_MAX) : await applyPage(target, page);
      if (generation === null) return;
      const { appliedEvents, appliedKnownTime: knownTime } = generation;
      if (page !== null) onProgress?.({ appliedEvents, knownTime, atHead: page.atHead });
    }
  } finally {
    stop.abort();
    await pages.return?.();
  }
}

/** Folds the placements in quarantine again whose time has come. Null where the build no longer stands where it was believed to. */
async function foldDue(target: Target, budgetMs: number): Promise<Generation | null> {
  const until = performance.now() + budgetMs;
  let { generation } = target;
  do {
    const due = await quarantinedDue(target.client, generation.number, QUARANTINE_PLACEMENTS);
    if (due.length === 0) break;
    const applied = await applyAgain({ ...target, generation }, due);
    if (applied === null) return null;
    generation = applied;
  } while (performance.now() < until);
  return generation;
}

/** A store is away, this connection was cut, or another holds the set: another try may mend it. */
const mayPass = (error: unknown): boolean =>
  isAway(error) || (error instanceof ReadStoreError && (error.code === 'rebuildRunning' || error.code === 'fenced'));
