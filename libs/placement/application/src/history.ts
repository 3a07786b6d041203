import { NO_EVENTS, type EventStore, type Instant, type RecordedEvent } from '@bestendig/event-store';
import { timeline, type FactVerdict, type PlacementEvent, type Timeline } from '@bestendig/placement-domain';
import { ApplicationError } from './errors';
import { placementStream } from './keys';
import { movedFromOf } from './move-misdirected-facts';
import { pointsAt, referenceOf, toPlacementEvent } from './recorded-facts';

/** A placement as it was known at one moment. */
export type KnownPlacement = {
  readonly placementId: string;
  /** Revision of the stream now, whatever was known at `knownAt`: what If-Match names. */
  readonly revision: number;
  /** Known time of the last event that counts, unless another moment was asked for. */
  readonly knownAt: Instant;
  /** True where the events that count rest on reportedAt for when they were known (`import --as-reported`). */
  readonly asReported: boolean;
  readonly timeline: Timeline;
  readonly events: readonly RecordedEvent[];
};

/**
 * Reads a placement from its stream, so it is never behind. As known at a moment it is read by the policies known then,
 * without one by those of today.
 *
 * @throws ApplicationError `placementUnknown` where nothing was known of it at that moment.
 */
export async function readPlacement(store: Pick<EventStore, 'readStream'>, placementId: string, knownAt?: Instant): Promise<KnownPlacement> {
  const all = await store.readStream(placementStream(placementId));
  const events = knownAt === undefined ? all : all.filter((event) => event.knownTime <= knownAt);
  const last = events.at(-1);
  if (last === undefined) throw new ApplicationError('placementUnknown', 'Nothing was known of such a placement.');
  const known = knownAt ?? events.reduce((latest, event) => (event.knownTime > latest ? event.knownTime : latest), last.knownTime);
  return {
    placementId,
    revision: all.length + NO_EVENTS,
    knownAt: known,
    asReported: events.some((event) => event.asReported),
    timeline: timeline(events.map(toPlacementEvent), knownAt),
    events,
  };
}

type Elsewhere = { readonly placementId: string; readonly eventId: string };

/** One fact of a placement's history, with all that was said of it. */
export type HistoryEntry = {
  readonly eventId: string;
  readonly revision: number;
  readonly type: string;
  readonly data: object;
  readonly effectiveDate: string;
  readonly recordedAt: Instant;
  readonly knownTime: Instant;
  readonly reportedAt: Instant | null;
  readonly asReported: boolean;
  readonly source: string | null;
  readonly messageId: string;
  readonly actor: string;
  readonly onBehalfOf: string | null;
  readonly organisation: string;
  readonly byPerson: boolean;
  readonly verdict: FactVerdict;
  /** The events that this one corrects, retracts or discards; empty where they are not (yet) known. */
  readonly refersTo: readonly string[];
  /** The events that correct, retract or discard this one. */
  readonly referredToBy: readonly string[];
  readonly movedTo: Elsewhere | null;
  readonly movedFrom: Elsewhere | null;
  readonly previousHash: string | null;
  readonly hash: string;
};

/** Every fact of a placement in the order recorded: those that stand, and those that do not, and why. */
export function historyOf(known: KnownPlacement): readonly HistoryEntry[] {
  const verdicts = new Map(known.timeline.facts.map((fact) => [fact.eventId, fact]));
  const facts = known.events.map((event) => toPlacementEvent(event));
  const references = facts.map((fact) => ({ from: fact.id, to: referredEvents(fact, facts) }));
  return known.events.flatMap((event, index) => {
    const [fact, verdict] = [facts[index], verdicts.get(event.id)];
    if (fact === undefined || verdict === undefined) return [];
    const { actor, onBehalfOf, organisation, knownTime, asReported, previousHash, hash, revision, data } = event;
    return {
      ...{ eventId: event.id, revision, type: event.type, data, effectiveDate: verdict.effectiveDate },
      ...{ recordedAt: event.recordedAt, knownTime, reportedAt: event.reportedAt, asReported },
      ...{ source: event.source, messageId: event.messageId, actor, onBehalfOf, organisation, byPerson: fact.byPerson, verdict },
      refersTo: references[index]?.to ?? [],
      referredToBy: references.filter(({ to }) => to.includes(event.id)).map(({ from }) => from),
      movedTo: movedTo(event.id, facts),
      movedFrom: movedFromOf(event),
      previousHash,
      hash,
    };
  });
}

function referredEvents(fact: PlacementEvent, facts: readonly PlacementEvent[]): readonly string[] {
  const reference = referenceOf(fact);
  return reference === null ? [] : facts.filter((other) => other.id !== fact.id && pointsAt(reference, other)).map((other) => other.id);
}

/** Where a fact is recorded now, because its link was mended; null where it is still here. */
export function movedTo(eventId: string, facts: readonly PlacementEvent[]): Elsewhere | null {
  for (const fact of facts) {
    if (fact.type !== 'FactRetracted' || fact.data.movedTo === undefined) continue;
    if ('eventId' in fact.data.retracts && fact.data.retracts.eventId === eventId) return fact.data.movedTo;
  }
  return null;
}
