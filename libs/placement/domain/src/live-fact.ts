import type { Day, PlacementEvent, PlacementFact } from './facts';
import type { ParkedReason, Verdict } from './timeline-types';

/** A fact that counts so far (not retracted, discarded or superseded), or the correction's content in its place. */
export type Live = {
  /** Place by rank: of the fact first reported, also when a correction gives the content. */
  readonly order: number;
  /** Index of the event that gives the content, and so gets the verdict. */
  readonly at: number;
  readonly eventId: string;
  readonly day: Day;
};
export type LiveFact = Live & { readonly fact: PlacementFact };

export const STANDS: Verdict = { verdict: 'stands' };

/** The verdict on each event, by its index in rank order. What nobody parks stands. */
export type Verdicts = Verdict[];

export function allStand(events: readonly PlacementEvent[]): Verdicts {
  return new Array<Verdict>(events.length).fill(STANDS);
}

export function park(verdicts: Verdicts, live: Live, reason: ParkedReason, because?: Live): void {
  verdicts[live.at] =
    because === undefined ? { verdict: 'parked', reason } : { verdict: 'parked', reason, because: because.eventId };
}

/** As nobody had parked them. */
export function standAgain(verdicts: Verdicts, facts: readonly Live[]): void {
  for (const { at } of facts) verdicts[at] = STANDS;
}

/** Puts a fact of the highest rank so far among others: by day, and on one day by rank. */
export function insert<Fact extends Live>(facts: Fact[], fact: Fact): void {
  let at = facts.length;
  for (let before = facts[at - 1]; before !== undefined && before.day > fact.day; before = facts[at - 1]) at -= 1;
  if (at === facts.length) facts.push(fact);
  else facts.splice(at, 0, fact);
}
