import type { ChainPiece } from './chains-types';
import { addDays } from './days';
import type { Day } from './facts';

/** One stretch of paid work of a chain, and how the chain stands after it as long as no other work follows. */
export type Work = {
  readonly placementId: string;
  /** The placement's place in its chain: 0 is the first. */
  readonly place: number;
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
 *   then that of the placement that started earliest (MEASURES 8).
 * - Pension or death ends it for good, whatever else is recorded (MEASURES 3).
 * - Own reading: after a gap between two spells of one placement the chain is in work again. On the days of the gap it
 *   stands as the earlier end says: ended with that outcome, or unconfirmed. A later start confirms no day before it.
 *
 * `works` are ordered by first day, then by place; at least one.
 */
export function piecesOf(works: readonly Work[]): readonly ChainPiece[] {
  const [only, ...others] = works;
  if (only !== undefined && others.length === 0) return piecesOfOne(only);
  const forGood = endForGood(works);
  const starts = boundaries(works, forGood?.lastDay ?? null);
  const calendar: Calendar = { works, begun: 0, running: [], endedLast: null };
  const pieces: ChainPiece[] = [];
  starts.forEach((firstDay, index) => {
    const piece = pieceFrom(calendar, firstDay, forGood);
    if (piece === null) return;
    const next = starts[index + 1];
    const lastDay = next === undefined ? null : addDays(next, -1);
    const before = pieces.at(-1);
    if (before !== undefined && isSame(before, piece)) pieces[pieces.length - 1] = { ...before, lastDay };
    else pieces.push({ ...piece, lastDay });
  });
  return pieces;
}

/** Nearly every chain: one stretch of work, and what comes after it. */
function piecesOfOne(work: Work): readonly ChainPiece[] {
  const { firstDay, lastDay, placementId, inexactStart } = work;
  const inWork: ChainPiece = { firstDay, lastDay, state: IN_WORK, placementId, inexact: inexactStart };
  return lastDay === null ? [inWork] : [inWork, outOfWork(work, addDays(lastDay, 1))];
}

/** The work that ends the chain for good: by pension or death, the earliest. */
function endForGood(works: readonly Work[]): Work | null {
  let earliest: Work | null = null;
  for (const work of works) {
    const { after, lastDay } = work;
    if (after.kind !== 'ended' || !after.pensionOrDeath || lastDay === null) continue;
    if (earliest === null || earliest.lastDay === null || lastDay < earliest.lastDay) earliest = work;
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

/** Works as the days go by, so that each is looked at once: a chain may be of thousands. */
type Calendar = {
  readonly works: readonly Work[];
  /** How many have begun. */
  begun: number;
  /** Of those the ones that may still run: the one that began last on top. */
  readonly running: Work[];
  /** Of those that are over the one that decides how the chain stands. */
  endedLast: Work | null;
};

/** Moves on to `day`, which is not before the day it stands at. */
function moveTo(day: Day, calendar: Calendar): void {
  const { works, running } = calendar;
  for (let work = works[calendar.begun]; work !== undefined && work.firstDay <= day; work = works[calendar.begun]) {
    running.push(work);
    calendar.begun += 1;
  }
  for (let top = running.at(-1); top !== undefined && isOver(top, day); top = running.at(-1)) {
    running.pop();
    if (calendar.endedLast === null || decides(top, calendar.endedLast)) calendar.endedLast = top;
  }
}

function isOver({ lastDay }: Work, day: Day): boolean {
  return lastDay !== null && lastDay < day;
}

/** The state from a boundary on; null before all work. */
function pieceFrom(calendar: Calendar, firstDay: Day, forGood: Work | null): ChainPiece | null {
  if (forGood !== null && forGood.lastDay !== null && firstDay > forGood.lastDay) return outOfWork(forGood, firstDay);
  moveTo(firstDay, calendar);
  const held = calendar.running.at(-1);
  if (held === undefined) return calendar.endedLast === null ? null : outOfWork(calendar.endedLast, firstDay);
  const inexact = held.inexactStart && held.firstDay === firstDay;
  return { firstDay, lastDay: null, state: IN_WORK, placementId: held.placementId, inexact };
}

function outOfWork({ after, placementId, inexactEnd }: Work, firstDay: Day): ChainPiece {
  return { firstDay, lastDay: null, state: after, placementId, inexact: inexactEnd };
}

/** Both are over: whether `one` decides over `other` how the chain stands. */
function decides(one: Work, other: Work): boolean {
  if (one.lastDay !== other.lastDay) return (one.lastDay ?? '') > (other.lastDay ?? '');
  if (one.after.kind !== other.after.kind) return one.after.kind === 'unconfirmed';
  if (one.place !== other.place) return one.place < other.place;
  return one.firstDay < other.firstDay;
}

function isSame(before: ChainPiece, piece: ChainPiece): boolean {
  if (before.placementId !== piece.placementId) return false;
  return before.state === piece.state;
}
