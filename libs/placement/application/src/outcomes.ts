import type { Instant, Position } from '@bestendig/event-store';
import { timeline, type ParkedReason, type PlacementEvent, type Timeline, type Verdict } from '@bestendig/placement-domain';
import type { HrFact } from './hr-fact';

/** A fact's first verdict: the one it had at its own recorded time (ADR 5). */
export type FirstOutcome = {
  readonly outcome: 'accepted' | 'parked';
  /** Why it is parked; for one accepted that no longer counts as told (a correction of it came first), that. */
  readonly reason: ParkedReason | Exclude<Verdict['verdict'], 'stands' | 'parked'> | null;
};

/** What happened to one delivery of a message. */
export type FactOutcome = {
  readonly origin: string;
  readonly source: string;
  readonly messageId: string;
  /** Of the message's content, under the secret. */
  readonly digest: string;
  readonly outcome: 'accepted' | 'duplicate' | 'parked' | 'refused';
  readonly reason: FirstOutcome['reason'] | 'idReusedWithOtherContent';
  /** Of a duplicate: the outcome of the delivery that was recorded. */
  readonly first: FirstOutcome | null;
  readonly placementId: string | null;
  readonly eventIds: readonly string[];
  /** What a reader waits for to see the fact; null where nothing was recorded (refused, dry run). */
  readonly position: Position | null;
  readonly recordedAt: Instant | null;
};

/**
 * The verdict of one message's events in what was known at `knownAt`. A message counts as parked when one of its
 * events is.
 */
export function firstOutcome(events: readonly PlacementEvent[], eventIds: readonly string[], knownAt: Instant): FirstOutcome {
  return firstOutcomeIn(timeline(events, knownAt), eventIds);
}

export function firstOutcomeIn(known: Timeline, eventIds: readonly string[]): FirstOutcome {
  const verdicts = known.facts.filter((fact) => eventIds.includes(fact.eventId));
  const parked = verdicts.find((fact) => fact.verdict === 'parked');
  if (parked?.verdict === 'parked') return { outcome: 'parked', reason: parked.reason };
  const first = verdicts[0];
  return { outcome: 'accepted', reason: first === undefined || first.verdict === 'stands' || first.verdict === 'parked' ? null : first.verdict };
}

/** The later of two instants: their text order is their order in time. */
export const laterOf = (a: Instant, b: Instant): Instant => (a > b ? a : b);

/** The same id was used before for other content: nothing is recorded, what stands stays. */
export function refusedAsReused(fact: HrFact, digest: string): FactOutcome {
  const { origin, source, messageId } = fact;
  return { origin, source, messageId, digest, outcome: 'refused', reason: 'idReusedWithOtherContent', first: null, placementId: null, eventIds: [], position: null, recordedAt: null };
}
