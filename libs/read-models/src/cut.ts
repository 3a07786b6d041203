import { setTimeout as sleep } from 'node:timers/promises';
import { BEGINNING_OF_TIME, type EventStore, type Instant, type Position } from '@bestendig/event-store';
import { fingerprintOf, firstUnapplied } from '@bestendig/projection-engine';
import { liveGeneration, ReadStoreError, type Generation, type ReadStore } from '@bestendig/read-store';
import { READ_MODELS } from './read-model-set';

/** The moment an answer is cut at, and the build that gives it. Every question is asked with one. */
export type Cut = {
  /** The answer holds what was known at this moment, all of it and nothing later. */
  readonly knownAt: Instant;
  /** True where the answer rests on known times that were taken from what sources reported (`import --as-reported`). */
  readonly asReported: boolean;
  readonly generation: Generation;
};

export type CutRequest = {
  /** UTC text with six decimals; by default the last moment of which everything is applied. */
  readonly knownAt?: Instant;
  /** What the caller wrote himself: the answer holds it. */
  readonly minPosition?: Position;
  /** How long to wait for what cannot be answered yet. */
  readonly waitMs?: number;
};

/** A moment that can be known is answered as soon as all until then is applied; that takes this long at most, asked or not. */
const APPLY_WAIT_MS = 5_000;
const POLL_MS = 20;

/** Moments found complete: it stays so. */
const completeThrough = new WeakMap<ReadStore, Instant>();

/**
 * Finds the moment to cut an answer at (DESIGN, Read side). By default the known time of the last event applied, if
 * nothing more can come at or before it, else the known time before it.
 *
 * @throws ReadStoreError `notReady` while no build is live, `notYetKnown` for a moment at or before which something may
 * still be recorded, `timeout` where the read models are too far behind for what was asked.
 */
export async function resolveCut(readStore: ReadStore, store: EventStore, request: CutRequest = {}): Promise<Cut> {
  const deadline = performance.now() + (request.waitMs ?? 0);
  const applyBy = Math.max(deadline, performance.now() + APPLY_WAIT_MS);
  let own: Instant | null = null;
  if (request.minPosition !== undefined) {
    own = (
      await waitForPosition(readStore, store, request.minPosition, request.waitMs === undefined ? applyBy : deadline)
    ).appliedKnownTime;
  }
  if (request.knownAt !== undefined) return cutAt(readStore, store, request.knownAt, { deadline, applyBy });
  for (;;) {
    const generation = await readyGeneration(readStore);
    const knownAt = await lastComplete(readStore, store, generation);
    if (own === null || knownAt >= own) return cutOf(generation, knownAt);
    await pause(applyBy, 'timeout', 'What was written is applied, but more may come at its moment.');
  }
}

/** A cut of a build that is known to hold everything until then. */
export const cutOf = (generation: Generation, knownAt: Instant): Cut => ({
  knownAt,
  asReported: generation.asReportedFrom !== null && generation.asReportedFrom <= knownAt,
  generation,
});

/** Waits until the live read models hold everything up to a position. @returns false where that took too long. */
export async function caughtUpTo(
  readStore: ReadStore,
  store: EventStore,
  position: Position,
  timeoutMs: number,
): Promise<boolean> {
  try {
    await waitForPosition(readStore, store, position, performance.now() + timeoutMs);
    return true;
  } catch (error) {
    if (error instanceof ReadStoreError && error.code === 'timeout') return false;
    throw error;
  }
}

async function waitForPosition(
  readStore: ReadStore,
  store: EventStore,
  position: Position,
  deadline: number,
): Promise<Generation> {
  for (;;) {
    const generation = await readyGeneration(readStore);
    if (generation.position !== null && store.comparePositions(generation.position, position) >= 0) return generation;
    await pause(deadline, 'timeout', 'The read models have not come to that position in time.');
  }
}

async function cutAt(
  readStore: ReadStore,
  store: EventStore,
  knownAt: Instant,
  until: { readonly deadline: number; readonly applyBy: number },
): Promise<Cut> {
  if (knownAt > (completeThrough.get(readStore) ?? '')) {
    while ((await store.settledThrough()) < knownAt) {
      await pause(until.deadline, 'notYetKnown', 'At or before that moment something may still be recorded.');
    }
  }
  for (;;) {
    const generation = await readyGeneration(readStore);
    if (await holdsAllUntil(store, generation, knownAt)) return cutOf(generation, knownAt);
    await pause(until.applyBy, 'timeout', 'The read models have not come to that moment in time.');
  }
}

async function lastComplete(readStore: ReadStore, store: EventStore, generation: Generation): Promise<Instant> {
  const { appliedKnownTime, knownTimeBefore } = generation;
  if (appliedKnownTime === null) return BEGINNING_OF_TIME;
  if (appliedKnownTime <= (completeThrough.get(readStore) ?? '')) return appliedKnownTime;
  // In this order: what was recorded by then can be read when the log is looked at.
  const settled = await store.settledThrough();
  if (settled < appliedKnownTime || !(await holdsAllUntil(store, generation, appliedKnownTime)))
    return knownTimeBefore ?? BEGINNING_OF_TIME;
  completeThrough.set(readStore, appliedKnownTime);
  return appliedKnownTime;
}

/** Whether a build holds every event of the log that was known at a moment. Known times follow the log. */
async function holdsAllUntil(store: EventStore, generation: Generation, moment: Instant): Promise<boolean> {
  if (generation.appliedKnownTime !== null && generation.appliedKnownTime > moment) return true;
  const next = await firstUnapplied(store, generation.position);
  return next === null || next.knownTime > moment;
}

/** The live build. @throws ReadStoreError `notReady` */
export async function readyGeneration(readStore: ReadStore): Promise<Generation> {
  const generation = await liveGeneration(readStore.pool, READ_MODELS.name);
  if (generation === null) throw new ReadStoreError('notReady', 'No read models have been built yet.');
  if (generation.fingerprint !== fingerprintOf(READ_MODELS))
    throw new ReadStoreError('notReady', 'The read models are those of another version and must be rebuilt.');
  return generation;
}

async function pause(deadline: number, code: 'notYetKnown' | 'timeout', message: string): Promise<void> {
  if (performance.now() >= deadline) throw new ReadStoreError(code, message);
  await sleep(Math.min(POLL_MS, Math.max(1, deadline - performance.now())));
}
