import type { RecordedEvent } from '@bestendig/event-store';
import type { Fact, FactReference, PlacementEvent } from '@bestendig/placement-domain';

/** Message ids that start so belong to reactions; no person and no source may use one. */
export const REACTION_PREFIX = 'reaction:';

/**
 * The event of a placement stream as the timeline reads it. Unknown types are let through: the timeline parks what it
 * does not know, and never throws.
 */
export function toPlacementEvent(event: RecordedEvent): PlacementEvent {
  return placementEvent(event, event.knownTime);
}

/** What of an event the timeline needs, before it has a recorded time: an event about to be appended has it too. */
export type EventOfFact = {
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly meta: { readonly reportedAt: string | null; readonly source: string | null; readonly messageId: string };
};

/** An event about to be appended, as the timeline will read it when it is recorded at `recordedAt`. */
export const asRecordedAt = (event: EventOfFact, recordedAt: string): PlacementEvent =>
  placementEvent({ ...event.meta, id: event.id, type: event.type, data: event.data }, recordedAt);

type RecordedFact = {
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly reportedAt: string | null;
  readonly source: string | null;
  readonly messageId: string;
};

function placementEvent(event: RecordedFact, recordedAt: string): PlacementEvent {
  return {
    type: event.type,
    data: event.data,
    id: event.id,
    recordedAt,
    reportedAt: event.reportedAt,
    source: event.source,
    messageId: event.messageId,
    byPerson: event.source === null && !event.messageId.startsWith(REACTION_PREFIX),
  } as PlacementEvent;
}

/** What a correction, retraction or discard refers to; null for a fact about the placement itself. */
export function referenceOf(fact: Fact): FactReference | null {
  if (fact.type === 'FactCorrected') return fact.data.corrects;
  if (fact.type === 'FactRetracted') return fact.data.retracts;
  return fact.type === 'FactDiscarded' ? fact.data.discards : null;
}

export const pointsAt = (reference: FactReference, event: { readonly id: string; readonly source: string | null; readonly messageId: string }): boolean =>
  'eventId' in reference ? reference.eventId === event.id : reference.source === event.source && reference.messageId === event.messageId;

/** Ids of the events of a placement that are recorded in another one instead, because their link was mended. */
export function movedAway(events: readonly RecordedEvent[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const event of events) {
    const fact = toPlacementEvent(event);
    if (fact.type === 'FactRetracted' && fact.data.movedTo !== undefined && 'eventId' in fact.data.retracts) ids.add(fact.data.retracts.eventId);
  }
  return ids;
}
