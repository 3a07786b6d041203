import { canonicalJson, sha256Hex, type EventStore, type NewEvent, type RecordedEvent } from '@bestendig/event-store';
import type { Fact, FactRetracted } from '@bestendig/placement-domain';
import { appendMissing } from './append-missing';
import { reactionEventId } from './event-ids';
import { NamedSuccessors } from './follow-successors';
import { idOfStream, placementStream } from './keys';
import { targetNamedBy } from './links';
import { pointsAt, REACTION_PREFIX, referenceOf, toPlacementEvent } from './recorded-facts';

export const MOVE_MISDIRECTED_FACTS = 'moveMisdirectedFacts';
const ORIGIN = `${REACTION_PREFIX}${MOVE_MISDIRECTED_FACTS}#`;
/** Ordinals of what the reaction appends because of one fact. */
const COPY = 0;
const RETRACTION = 1;

/** Of a fact recorded by this reaction: the placement it was moved from. */
export const movedFromOf = (event: { readonly origin: string; readonly type: string; readonly causationId: string | null }): { readonly placementId: string; readonly eventId: string } | null =>
  event.origin.startsWith(ORIGIN) && event.causationId !== null && !isOwnRetraction(event) ? { placementId: event.origin.slice(ORIGIN.length), eventId: event.causationId } : null;

const isOwnRetraction = (event: { readonly origin: string; readonly type: string }): boolean => event.origin === `${ORIGIN}retraction`;

/**
 * Follows links and placements in the order of the log. When a link is mended, what came in under it is recorded in
 * the placement it names now, with its own source, message id and moment of report, and retracted where it was; the two
 * point at each other. A fact that was on its way while the link was mended is moved when it is met. What names the
 * placement from elsewhere, as successor, follows it too. Every id follows from the fact that moves, so that doing it
 * again adds nothing.
 */
export class MisdirectedFacts {
  /** Link id -> what its last mend so far names. A link never mended cannot have misdirected. */
  private readonly targets = new Map<string, string>();
  private readonly successors: NamedSuccessors;

  constructor(private readonly store: EventStore) {
    this.successors = new NamedSuccessors(store);
  }

  /** True while no link was mended: then there is nothing to look for. */
  get isIdle(): boolean {
    return this.targets.size === 0;
  }

  async handle(event: RecordedEvent): Promise<void> {
    if (event.type === 'LinkMended') {
      await this.follow(event);
      await this.successors.follow(event);
    } else {
      await this.checkArrival(event);
      await this.successors.checkArrival(event);
    }
  }

  /** What is remembered of mends before the point where handling starts. */
  async remember(mended: RecordedEvent): Promise<void> {
    const target = targetNamedBy(mended);
    if (target !== null) this.targets.set(idOfStream(mended.stream), target);
    await this.successors.remember(mended);
  }

  private async follow(mended: RecordedEvent): Promise<void> {
    const link = idOfStream(mended.stream);
    // As the link is now, whichever mend is being followed: so that following them all again moves nothing back and forth.
    const named = (await this.store.readStream(mended.stream)).map(targetNamedBy).filter((target) => target !== null);
    const target = named.at(-1);
    if (target === undefined) return;
    this.targets.set(link, target);
    for (const wrong of new Set(named)) if (wrong !== target) await move(this.store, link, wrong, target);
  }

  private async checkArrival(event: RecordedEvent): Promise<void> {
    const target = this.targets.get(event.correlationId);
    const arrivedIn = idOfStream(event.stream);
    if (target === undefined || target === arrivedIn || isOwnRetraction(event)) return;
    await move(this.store, event.correlationId, arrivedIn, target);
  }
}

/** Moves all that came in under one link from one placement to another: first recorded there, then retracted here. */
async function move(store: EventStore, link: string, fromPlacement: string, toPlacement: string): Promise<void> {
  const stream = placementStream(fromPlacement);
  const moving = toMove(await store.readStream(stream), link);
  if (moving.length === 0) return;
  const newIds = new Map(moving.map((event) => [event.id, reactionEventId(MOVE_MISDIRECTED_FACTS, event.id, COPY)]));
  await appendMissing(store, placementStream(toPlacement), moving.map((event) => copyOf(event, fromPlacement, newIds))); // prettier-ignore
  await appendMissing(store, stream, moving.map((event) => retractionOf(event, toPlacement, newIds))); // prettier-ignore
}

/** The link's facts that were not moved before, and whatever corrects, retracts or discards one of them. */
function toMove(events: readonly RecordedEvent[], link: string): readonly RecordedEvent[] {
  const gone = new Set(events.filter(isOwnRetraction).map((event) => event.causationId));
  const moving = new Set(events.filter((event) => event.correlationId === link && !gone.has(event.id) && !isOwnRetraction(event)));
  for (let size = -1; size !== moving.size; ) {
    size = moving.size;
    for (const event of events) {
      const reference = referenceOf(toPlacementEvent(event));
      if (reference === null || gone.has(event.id) || isOwnRetraction(event)) continue;
      if ([...moving].some((moved) => pointsAt(reference, moved))) moving.add(event);
    }
  }
  return events.filter((event) => moving.has(event));
}

function copyOf(event: RecordedEvent, fromPlacement: string, newIds: ReadonlyMap<string, string>): NewEvent {
  return {
    id: reactionEventId(MOVE_MISDIRECTED_FACTS, event.id, COPY),
    type: event.type,
    schemaVersion: event.schemaVersion,
    data: repointed(toPlacementEvent(event), newIds),
    meta: {
      reportedAt: event.reportedAt,
      actor: `${REACTION_PREFIX}${MOVE_MISDIRECTED_FACTS}`,
      onBehalfOf: event.onBehalfOf ?? event.actor,
      organisation: event.organisation,
      source: event.source,
      messageId: event.messageId,
      messageDigest: event.messageDigest,
      origin: `${ORIGIN}${fromPlacement}`,
      correlationId: event.correlationId,
      causationId: event.id,
      keyId: event.keyId,
    },
  };
}

/** A reference to an event that moves along names it by its new id. */
function repointed(fact: Fact, newIds: ReadonlyMap<string, string>): object {
  const reference = referenceOf(fact);
  const eventId = reference !== null && 'eventId' in reference ? newIds.get(reference.eventId) : undefined;
  if (eventId === undefined) return fact.data;
  if (fact.type === 'FactCorrected') return { ...fact.data, corrects: { eventId } };
  return fact.type === 'FactRetracted' ? { ...fact.data, retracts: { eventId } } : { ...fact.data, discards: { eventId } };
}

/** No moment of report: of several modifiers of one fact the highest rank counts, and none may undo that it moved. */
function retractionOf(event: RecordedEvent, toPlacement: string, newIds: ReadonlyMap<string, string>): NewEvent {
  const id = reactionEventId(MOVE_MISDIRECTED_FACTS, event.id, RETRACTION);
  const data: FactRetracted = {
    effectiveDate: toPlacementEvent(event).data.effectiveDate,
    retracts: { eventId: event.id },
    reason: 'movedToOtherPlacement',
    movedTo: { placementId: toPlacement, eventId: newIds.get(event.id) ?? '' },
  };
  return {
    id,
    type: 'FactRetracted',
    schemaVersion: 1,
    data,
    meta: {
      reportedAt: null,
      actor: `${REACTION_PREFIX}${MOVE_MISDIRECTED_FACTS}`,
      onBehalfOf: null,
      organisation: event.organisation,
      source: null,
      messageId: `${REACTION_PREFIX}${id}`,
      messageDigest: sha256Hex(canonicalJson(data)),
      origin: `${ORIGIN}retraction`,
      correlationId: event.correlationId,
      causationId: event.id,
      keyId: null,
    },
  };
}
