import type { ClientBase } from 'pg';
import { lockGeneration, type Generation } from './generations';

/** How far a build has come with one page of the log. */
export type Progress = {
  /** Where to read on from. */
  readonly position: string;
  readonly events: number;
  /** Distinct known times of the page's events, ascending; empty for a page without any. */
  readonly knownTimes: readonly string[];
  /** Known time of the first event imported as reported; null where there is none. */
  readonly asReportedFrom: string | null;
};

/**
 * Runs `apply` and moves the checkpoint in one transaction, under the build's lock: rows and checkpoint are written both
 * or not at all, and two projectors never apply the same page.
 *
 * @returns false where the build no longer stands where the caller believes (`from`): nothing was done, read again.
 */
export function advance(
  client: ClientBase,
  options: { readonly from: Generation; readonly progress: Progress; readonly apply: () => Promise<void> },
): Promise<boolean> {
  return fenced(client, options.from, async () => {
    await options.apply();
    await moveCheckpoint(client, options.from, options.progress);
  });
}

/** The same for work that leaves the checkpoint where it is. */
export async function fenced(client: ClientBase, from: Generation, work: () => Promise<void>): Promise<boolean> {
  await client.query('begin');
  try {
    const now = await lockGeneration(client, from.number);
    const moved =
      now === null || now.position !== from.position || now.state !== from.state || now.ownerEpoch !== from.ownerEpoch;
    if (moved) {
      await client.query('rollback');
      return false;
    }
    await work();
    await client.query('commit');
    return true;
  } catch (error) {
    // On a lost connection the server rolls back by itself.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** In the caller's transaction. */
export async function moveCheckpoint(client: ClientBase, from: Generation, progress: Progress): Promise<Generation> {
  const next = progressed(from, progress);
  await client.query(
    `update read_store.generation set position = $2, applied_known_time = $3, known_time_before = $4,
       as_reported_from = $5, applied_events = applied_events + $6, applied_at = clock_timestamp() where number = $1`,
    [from.number, next.position, next.appliedKnownTime, next.knownTimeBefore, next.asReportedFrom, progress.events],
  );
  return next;
}

/** Where a build stands after this page. */
export function progressed(from: Generation, progress: Progress): Generation {
  // The first known time of a page may be the last one of the page before: then it is not a new one.
  const fresh = progress.knownTimes.filter((time) => from.appliedKnownTime === null || time > from.appliedKnownTime);
  const seen = [from.knownTimeBefore, from.appliedKnownTime, ...fresh].filter((time) => time !== null);
  return {
    ...from,
    position: progress.position,
    asReportedFrom: from.asReportedFrom ?? progress.asReportedFrom,
    appliedEvents: from.appliedEvents + progress.events,
    appliedKnownTime: seen.at(-1) ?? null,
    knownTimeBefore: seen.at(-2) ?? null,
  };
}

/** Where a build stands that was filled in another way than page by page. In the caller's transaction. */
export async function placeCheckpoint(
  client: ClientBase,
  number: number,
  at: Pick<Generation, 'position' | 'appliedKnownTime' | 'knownTimeBefore' | 'asReportedFrom' | 'appliedEvents'>,
): Promise<void> {
  await client.query(
    `update read_store.generation set position = $2, applied_known_time = $3, known_time_before = $4, as_reported_from = $5,
       applied_events = $6, applied_at = clock_timestamp() where number = $1`,
    [number, at.position, at.appliedKnownTime, at.knownTimeBefore, at.asReportedFrom, at.appliedEvents],
  );
}

/** Takes a set over from whoever projected it before: their next page finds another epoch and is given up. Gives the new epoch. */
export async function takeOver(client: ClientBase, set: string): Promise<number> {
  const { rows } = await client.query<{ epoch: number }>(
    `insert into read_store.projection_set (name, owner_epoch) values ($1, 1)
     on conflict (name) do update set owner_epoch = projection_set.owner_epoch + 1 returning owner_epoch::float8 as epoch`,
    [set],
  );
  return rows[0]?.epoch ?? 0;
}
