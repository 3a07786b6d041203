import type { ChainPiece } from './chains-types';
import { addDays } from './days';
import type { Day } from './facts';

/** One stretch of paid work of a chain, and how the chain stands after it as long as no other work follows. */
export type Work = {
  readonly placementId: string;
  readonly firstDay: Day;
  /** Last day known in work; null: it runs on. */
  readonly lastDay: Day | null;
  readonly inexactStart: boolean;
  readonly inexactEnd: boolean;
  readonly after: ChainPiece['state'];
};

const IN_WORK: ChainPiece['state'] = { kind: 'inWork' };

/**
 * The pieces of a chain: they begin on its day 0 and join without a gap, the last one for ever.
 *
 * - In work while any of its work runs, in the placement that began last.
 * - Out of work, it stands as the work that ended last says. Of several that ended on one day an unconfirmed one decides,
 *   then the earliest start, then the lowest id (MEASURES 8).
 * - Pension or death ends it for good, whatever else is recorded (MEASURES 3).
 * - Own reading: after a gap between two spells of one placement the chain is in work again. On the days of the gap it
 *   stands as the earlier end says: ended with that outcome, or unconfirmed. A later start confirms no day before it.
 *
 * `works` are ordered by first day, then by id; at least one.
 */
export function piecesOf(works: readonly Work[]): readonly ChainPiece[] {
  const lastEver = endForGood(works);
  const pieces: ChainPiece[] = [];
  const starts = boundaries(works, lastEver);
  starts.forEach((firstDay, index) => {
    const next = starts[index + 1];
    const piece = pieceFrom(works, firstDay, lastEver);
    const before = pieces.at(-1);
    const lastDay = next === undefined ? null : addDays(next, -1);
    if (before !== undefined && isSame(before, piece)) pieces[pieces.length - 1] = { ...before, lastDay };
    else pieces.push({ ...piece, lastDay });
  });
  return pieces;
}

/** The earliest last day in work that pension or death gives; null where there is none. */
function endForGood(works: readonly Work[]): Day | null {
  let earliest: Day | null = null;
  for (const { after, lastDay } of works) {
    if (after.kind !== 'ended' || !after.pensionOrDeath || lastDay === null) continue;
    if (earliest === null || lastDay < earliest) earliest = lastDay;
  }
  return earliest;
}

/** The days on which the chain may change, ascending. */
function boundaries(works: readonly Work[], lastEver: Day | null): readonly Day[] {
  const days = new Set<Day>();
  for (const { firstDay, lastDay } of works) {
    days.add(firstDay);
    if (lastDay !== null) days.add(addDays(lastDay, 1));
  }
  const limit = lastEver === null ? null : addDays(lastEver, 1);
  return [...days].filter((day) => limit === null || day <= limit).sort();
}

/** The state from a boundary on. */
function pieceFrom(works: readonly Work[], day: Day, lastEver: Day | null): ChainPiece {
  let held: Work | null = null;
  let ended: Work | null = null;
  for (const work of works) {
    if (work.firstDay > day) continue;
    if (work.lastDay === null || work.lastDay >= day) held = work;
    else if (ended === null || decides(work, ended)) ended = work;
  }
  const isOver = lastEver !== null && day > lastEver;
  if (held !== null && !isOver) {
    const { placementId, inexactStart } = held;
    return {
      firstDay: day,
      lastDay: null,
      state: IN_WORK,
      placementId,
      inexact: inexactStart && held.firstDay === day,
    };
  }
  const last = isOver ? (works.find((work) => work.lastDay === lastEver && isForGood(work)) ?? ended) : ended;
  const { placementId, after, inexactEnd } = last ?? works[0]!; // prettier-ignore
  return { firstDay: day, lastDay: null, state: after, placementId, inexact: inexactEnd };
}

function isForGood({ after }: Work): boolean {
  return after.kind === 'ended' && after.pensionOrDeath;
}

/** Both are over, and `one` comes after `other` in `works`: whether it decides over it how the chain stands. */
function decides(one: Work, other: Work): boolean {
  if (one.lastDay !== other.lastDay)
    return one.lastDay !== null && other.lastDay !== null && one.lastDay > other.lastDay;
  return one.after.kind === 'unconfirmed' && other.after.kind !== 'unconfirmed';
}

function isSame(before: ChainPiece, piece: ChainPiece): boolean {
  if (before.placementId !== piece.placementId || before.state.kind !== piece.state.kind) return false;
  return before.state.kind === 'inWork' || before.state === piece.state;
}
