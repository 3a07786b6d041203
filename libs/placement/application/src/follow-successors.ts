import { BEGINNING_OF_TIME, canonicalJson, sha256Hex, type EventFilter, type EventStore, type NewEvent, type Position, type RecordedEvent } from '@bestendig/event-store';
import type { FactCorrected, PlacementFact } from '@bestendig/placement-domain';
import { appendMissing } from './append-missing';
import { reactionEventId } from './event-ids';
import { eventsUntil } from './events-until';
import { idOfStream, linkStream } from './keys';
import { targetNamedBy } from './links';
import { movedAway, REACTION_PREFIX, toPlacementEvent } from './recorded-facts';

export const FOLLOW_SUCCESSORS = 'followSuccessors';
const NAME = `${REACTION_PREFIX}${FOLLOW_SUCCESSORS}`;

/** A fact that says which placement comes next. */
type Naming = Extract<PlacementFact, { readonly type: 'EmploymentContinued' | 'HiredByInlener' }>;
const MAY_NAME: EventFilter = { categories: ['placement'], types: ['EmploymentContinued', 'HiredByInlener', 'FactCorrected'] };

/** A link's mends so far, oldest first, and what it named before the first of them. */
type MendedLink = { readonly id: string; readonly atFirst: string; readonly first: RecordedEvent; readonly last: RecordedEvent; readonly target: string };

/**
 * When a link is mended, facts of other placements that name its placement as successor follow it: each is corrected, by
 * its event id, to the whole same fact with the placement that the link names now. Such a fact holds no link, only what
 * the link named when the fact came in; what it named at first no other key named, so that is what is looked for.
 */
export class NamedSuccessors {
  /** What a mended link named at first -> its id. */
  private readonly links = new Map<string, string>();
  /** Placement -> the mends that made a link name it. From then on not one key only stands for it. */
  private readonly mends = new Map<string, RecordedEvent[]>();

  constructor(private readonly store: EventStore) {}

  /** To be told of every mend, in the order of the log. */
  async remember(mended: RecordedEvent): Promise<void> {
    const target = targetNamedBy(mended);
    const [first] = await this.store.readStream(mended.stream, { limit: 1 });
    const atFirst = first === undefined ? null : targetNamedBy(first);
    if (target === null || atFirst === null) return;
    this.links.set(atFirst, idOfStream(mended.stream));
    this.mends.set(target, [...(this.mends.get(target) ?? []), mended]);
  }

  /** Corrects what came in before the mend. Looks through the facts of the kinds that name one, once a mend. */
  async follow(mended: RecordedEvent): Promise<void> {
    await this.remember(mended);
    const link = await this.read(idOfStream(mended.stream));
    if (link === null) return;
    const done = new Set<string>();
    for await (const event of eventsUntil(this.store, MAY_NAME, mended.position)) {
      if (namedBy(event) !== link.atFirst || done.has(event.stream)) continue;
      done.add(event.stream);
      await this.correct(event.stream, link, mended.position);
    }
  }

  /** Corrects what was on its way while its successor's link was mended. */
  async checkArrival(event: RecordedEvent): Promise<void> {
    if (this.links.size === 0) return;
    const id = this.links.get(namedBy(event) ?? '');
    const link = id === undefined ? null : await this.read(id);
    if (link !== null) await this.correct(event.stream, link, event.position);
  }

  /** As it is now, whichever mend is being followed: so that following one again adds nothing. */
  private async read(id: string): Promise<MendedLink | null> {
    const [linked, ...more] = await this.store.readStream(linkStream(id));
    const [first, last] = [more[0], more.at(-1)];
    if (linked === undefined || first === undefined || last === undefined) return null;
    const [atFirst, target] = [targetNamedBy(linked), targetNamedBy(last)];
    return atFirst === null || target === null ? null : { id, atFirst, first, last, target };
  }

  private async correct(stream: string, link: MendedLink, until: Position): Promise<void> {
    const events = await this.store.readStream(stream);
    const gone = movedAway(events);
    const followed = new Map(events.filter(isOwn).map((event) => [correctedBy(event), event]));
    const corrections: NewEvent[] = [];
    for (const event of events) {
      if (namedBy(event) !== link.atFirst || isOwn(event) || gone.has(event.id) || this.isAfter(event, until) || !this.meant(event, link)) continue;
      let now = event;
      for (let next = followed.get(now.id); next !== undefined; next = followed.get(now.id)) now = next;
      const naming = namingOf(now);
      if (naming !== null && naming.data.successorPlacementId !== link.target) corrections.push(correctionOf(now, naming, link));
    }
    if (corrections.length > 0) await appendMissing(this.store, stream, corrections);
  }

  /** Whether it was this link that the fact meant: not another that was mended to name the same, nor a person who knew of the mend. */
  private meant(event: RecordedEvent, link: MendedLink): boolean {
    const others = (this.mends.get(link.atFirst) ?? []).filter((mend) => idOfStream(mend.stream) !== link.id);
    if (others.some((mend) => this.isAfter(event, mend.position))) return false;
    return event.source !== null || !this.isAfter(event, link.first.position);
  }

  private isAfter(event: RecordedEvent, position: Position): boolean {
    return this.store.comparePositions(event.position, position) > 0;
  }
}

/** Known by its message id, which it keeps when it moves along with the fact it corrects. */
const isOwn = (event: RecordedEvent): boolean => event.messageId.startsWith(`${NAME}#`);

const namedBy = (event: RecordedEvent): string | undefined => namingOf(event)?.data.successorPlacementId;

function namingOf(event: RecordedEvent): Naming | null {
  const fact = toPlacementEvent(event);
  const said = fact.type === 'FactCorrected' ? fact.data.replacement : fact;
  return said.type === 'EmploymentContinued' || said.type === 'HiredByInlener' ? said : null;
}

function correctedBy(event: RecordedEvent): string {
  const fact = toPlacementEvent(event);
  return fact.type === 'FactCorrected' && 'eventId' in fact.data.corrects ? fact.data.corrects.eventId : '';
}

/**
 * Of several modifiers of one fact the highest rank counts. This one only gives the fact another address, so it ranks
 * below whatever a source or a person says of that fact, before or later: it is reported before everything. A fact is
 * corrected so once; the next mend corrects the correction.
 */
function correctionOf(event: RecordedEvent, naming: Naming, link: MendedLink): NewEvent {
  const id = reactionEventId(FOLLOW_SUCCESSORS, event.id, 0);
  const data: FactCorrected = { effectiveDate: naming.data.effectiveDate, corrects: { eventId: event.id }, replacement: renamed(naming, link.target) };
  return {
    id,
    type: 'FactCorrected',
    schemaVersion: 1,
    data,
    meta: {
      reportedAt: BEGINNING_OF_TIME,
      actor: NAME,
      onBehalfOf: link.last.actor,
      organisation: event.organisation,
      source: null,
      messageId: `${NAME}#${id}`,
      messageDigest: sha256Hex(canonicalJson(data)),
      origin: `${NAME}#${link.id}`,
      // Under the link that the fact came in under: it moves with it.
      correlationId: event.correlationId,
      causationId: link.last.id,
      keyId: null,
    },
  };
}

function renamed(naming: Naming, successorPlacementId: string): Naming {
  if (naming.type === 'EmploymentContinued') return { type: 'EmploymentContinued', data: { ...naming.data, successorPlacementId } };
  return { type: 'HiredByInlener', data: { ...naming.data, successorPlacementId } };
}
