import type { Chain, ChainPiece, Day } from '@bestendig/placement-domain';
import { dayNumber } from '@bestendig/placement-domain';

const amsterdam = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Amsterdam',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The calendar day in Europe/Amsterdam of a moment (UTC text). `peildatum` is a day there (MEASURES 1). */
export function amsterdamDay(moment: string): Day {
  // The beginning of time, the cut of an empty store, is in the year 1, which Intl writes with one digit.
  return amsterdam.format(new Date(moment)).padStart('YYYY-MM-DD'.length, '0');
}

/**
 * The observation end E (MEASURES 1): the earliest of peildatum and the Amsterdam day of knownAt. What happened after it
 * nobody has seen, so an answer says so where it cuts the peildatum back. What sources state they have reported through
 * comes later; until then it is unknown and sets no limit.
 */
export function observationEnd(peildatum: Day, knownAt: string): Day {
  const known = amsterdamDay(knownAt);
  return peildatum < known ? peildatum : known;
}

/** True where the chain is so at observation end E (see `Chain.shown`). */
export function isShownAt(chain: Chain, observedThrough: Day): boolean {
  const { from, before } = chain.shown;
  return (from === null || from <= observedThrough) && (before === null || observedThrough < before);
}

/** Where the chain stands on a day; null before its day 0. */
export function pieceOn(chain: Chain, day: Day): ChainPiece | null {
  for (const piece of chain.pieces) {
    if (piece.firstDay <= day && (piece.lastDay === null || day <= piece.lastDay)) return piece;
  }
  return null;
}

/** `days`: the subject's `exit` of MEASURES 2, counted from day 0. */
export type FollowUp = { readonly days: number; readonly by: 'ended' | 'unconfirmed' | 'observationEnd' };

/**
 * How long a chain was followed without a day out of work, and what stopped it (MEASURES 2). An end counts on the first
 * day not in work, at least 1; a follow-up that is cut off counts to the last day known in work. Null with day 0 after E.
 */
export function followUp(chain: Chain, observedThrough: Day): FollowUp | null {
  const start = dayNumber(chain.day0);
  if (chain.day0 > observedThrough) return null;
  const stop = chain.pieces.find((piece) => piece.state.kind !== 'inWork');
  if (stop === undefined || stop.firstDay > observedThrough) {
    return { days: dayNumber(observedThrough) - start, by: 'observationEnd' };
  }
  const firstDayOut = dayNumber(stop.firstDay) - start;
  return stop.state.kind === 'ended'
    ? { days: Math.max(1, firstDayOut), by: 'ended' }
    : { days: firstDayOut - 1, by: 'unconfirmed' };
}
