import type { NewEvent, RecordedEvent, StreamResult, StreamWrite } from '@bestendig/event-store';
import { NO_EVENTS } from '@bestendig/event-store';
import { timeline, type PlacementEvent } from '@bestendig/placement-domain';
import type { FactLog } from './dry-run';
import { messageEventId } from './event-ids';
import type { HrFact } from './hr-fact';
import { deliveredBy, eventsOf, type Deliverer } from './hr-fact-events';
import { keptDigest, placementStream } from './keys';
import { employmentLink, firstLinkEvent, personLink, targetsOf, type Link } from './links';
import { firstOutcome, firstOutcomeIn, laterOf, refusedAsReused, type FactOutcome } from './outcomes';
import { asRecordedAt, toPlacementEvent } from './recorded-facts';

/** A message with the links of its keys. `index` is its place in the batch as delivered. */
export type Addressed = {
  readonly index: number;
  readonly fact: HrFact;
  /** As kept: under the secret. */
  readonly digest: string;
  /** Of the message's facts, in their order. */
  readonly eventIds: readonly string[];
  readonly employment: Link;
  readonly person: Link | null;
  readonly successor: Link | null;
};

/** One append to one placement: the messages it tells, in the order delivered, and what stands there before it. */
export type PlannedWrite = {
  readonly stream: string;
  readonly placementId: string;
  readonly before: readonly PlacementEvent[];
  /** Links that these messages are the first to use: written just before. */
  readonly links: StreamWrite[];
  readonly events: NewEvent[];
  readonly messages: { readonly addressed: Addressed; readonly eventIds: readonly string[] }[];
};

/** What one look at the store makes of a batch. */
export type Plan = {
  /** Answers that need no append: duplicates, and ids used before for other content. */
  readonly settled: ReadonlyMap<number, FactOutcome>;
  readonly writes: readonly PlannedWrite[];
  /** Messages whose id another message of this batch is about to take: to be looked at again after it. */
  readonly deferred: readonly Addressed[];
};

type Streams = ReadonlyMap<string, readonly RecordedEvent[]>;

export function address(secret: Buffer, fact: HrFact, index: number): Addressed {
  return {
    index,
    fact,
    digest: keptDigest(secret, fact.digest),
    eventIds: fact.facts.map((_, ordinal) => messageEventId(fact.source, fact.messageId, ordinal)),
    employment: employmentLink(secret, fact.source, fact.employmentKey),
    person: fact.personKey === null ? null : personLink(secret, fact.source, fact.personKey),
    successor: fact.successorKey === null ? null : employmentLink(secret, fact.source, fact.successorKey),
  };
}

/**
 * Reads all that a batch needs: its links and, on the guess that no link was mended, its placements, in one call; a
 * second call only for placements that a mended link names.
 */
export async function readFor(log: FactLog, batch: readonly Addressed[]): Promise<Streams> {
  const wanted = new Set<string>();
  for (const { employment, person, successor } of batch) {
    wanted.add(employment.stream).add(placementStream(employment.defaultTarget));
    if (person !== null) wanted.add(person.stream);
    if (successor !== null) wanted.add(successor.stream);
  }
  const streams = await log.readStreams([...wanted]);
  const further = new Set<string>();
  for (const { employment } of batch) {
    for (const target of targetsOf(employment, streams.get(employment.stream) ?? [])) {
      const stream = placementStream(target);
      if (!wanted.has(stream)) further.add(stream);
    }
  }
  return further.size === 0 ? streams : new Map([...streams, ...(await log.readStreams([...further]))]);
}

export type PlanOptions = {
  readonly by: Partial<Deliverer> | undefined;
  /** Messages in the order of reportedAt, each recorded then: one write per placement and moment; otherwise one per placement. */
  readonly asReported: boolean;
};

/** Decides for each message of a batch what is to be done, from what was read. Pure. */
export function planBatch(batch: readonly Addressed[], streams: Streams, options: PlanOptions): Plan {
  const { by } = options;
  const settled = new Map<number, FactOutcome>();
  const links = new Set<string>();
  const writes = new Map<string, PlannedWrite[]>();
  const ordered: PlannedWrite[] = [];
  const deferred: Addressed[] = [];
  const taken = new Set<string>();
  for (const addressed of batch) {
    const { fact, employment, index } = addressed;
    const known = recordedBefore(addressed, streams);
    if (known !== null) {
      settled.set(index, known);
      continue;
    }
    const placementId = currentTarget(employment, streams);
    const message = `${placementId} ${addressed.eventIds[0] ?? ''}`;
    if (taken.has(message)) {
      deferred.push(addressed);
      continue;
    }
    taken.add(message);
    const write = writeFor(placementStream(placementId), placementId, streams, writes, options.asReported ? fact.reportedAt : null);
    if (write.messages.length === 0) ordered.push(write);
    for (const link of [employment, addressed.person]) {
      if (link === null || streams.has(link.stream) || links.has(link.stream)) continue;
      links.add(link.stream);
      write.links.push(firstWrite(link, fact, by));
    }
    planMessage(addressed, write, streams, by);
  }
  return { settled, writes: ordered, deferred };
}

/**
 * The write that takes the next message of a placement: the one begun for it, or a new one where it is recorded at
 * another moment. What is recorded at one moment is judged together, whenever it is asked.
 */
function writeFor(stream: string, placementId: string, streams: Streams, writes: Map<string, PlannedWrite[]>, moment: string | null): PlannedWrite {
  const begun = writes.get(stream) ?? [];
  const last = begun.at(-1);
  if (last !== undefined && (moment === null || last.events[0]?.meta.reportedAt === moment)) return last;
  const before =
    last === undefined
      ? (streams.get(stream) ?? []).map(toPlacementEvent)
      : [...last.before, ...last.events.map((event) => asRecordedAt(event, event.meta.reportedAt ?? ''))];
  const write: PlannedWrite = { stream, placementId, before, links: [], events: [], messages: [] };
  writes.set(stream, [...begun, write]);
  return write;
}

const currentTarget = (link: Link, streams: Streams): string => targetsOf(link, streams.get(link.stream) ?? []).at(-1) ?? link.defaultTarget;

function planMessage(addressed: Addressed, write: PlannedWrite, streams: Streams, by: Partial<Deliverer> | undefined): void {
  const { fact, eventIds, digest, employment, person, successor } = addressed;
  const filling = {
    candidateId: person === null ? null : currentTarget(person, streams),
    successorPlacementId: successor === null ? null : currentTarget(successor, streams),
  };
  write.events.push(...eventsOf(fact, { eventIds, digest, link: employment.id }, filling, by));
  write.messages.push({ addressed, eventIds });
}

/** What became of a message that is in one of the streams its link ever named; null where it is in none. */
function recordedBefore({ fact, eventIds, digest, employment }: Addressed, streams: Streams): FactOutcome | null {
  const [id] = eventIds;
  for (const placementId of targetsOf(employment, streams.get(employment.stream) ?? [])) {
    const events = streams.get(placementStream(placementId)) ?? [];
    const recorded = events.find((event) => event.id === id);
    if (recorded === undefined) continue;
    if (recorded.messageDigest !== digest) return refusedAsReused(fact, digest);
    return outcomeOfRecorded(fact, digest, eventIds, placementId, events);
  }
  return null;
}

/** A delivery whose own origin is in the log gets its first outcome again; from any other origin it is a duplicate of that. */
function outcomeOfRecorded(fact: HrFact, digest: string, ids: readonly string[], placementId: string, events: readonly RecordedEvent[]): FactOutcome {
  const own = events.filter((event) => ids.includes(event.id));
  const last = own.at(-1);
  if (last === undefined) throw new RangeError('a message that was found has no events');
  const eventIds = own.map((event) => event.id);
  const first = firstOutcome(events.map(toPlacementEvent), eventIds, last.knownTime);
  const { origin, source, messageId } = fact;
  const again = { origin, source, messageId, digest, placementId, eventIds, position: last.position, recordedAt: last.recordedAt };
  return last.origin === origin ? { ...again, ...first, first: null } : { ...again, outcome: 'duplicate', reason: first.reason, first };
}

function firstWrite(link: Link, fact: HrFact, by: Partial<Deliverer> | undefined): StreamWrite {
  return { stream: link.stream, expected: 'NO_STREAM', events: [firstLinkEvent(link, deliveredBy(fact, by))] };
}

/** Links first: whoever reads the log in order meets a key's link before the facts that came in under it. */
export const asStreamWrites = (write: PlannedWrite): readonly StreamWrite[] => [
  ...write.links,
  { stream: write.stream, expected: write.before.length === 0 ? 'NO_STREAM' : write.before.length + NO_EVENTS, events: write.events },
];

/**
 * What an append made of its messages; null where it must be looked at again, because somebody else was first. Events
 * that were there already (sent twice at once) are looked at again too: their outcome is that of the first delivery.
 */
export function outcomesOf(write: PlannedWrite, result: StreamResult): readonly (readonly [index: number, outcome: FactOutcome])[] | null {
  if (result.outcome !== 'appended' || result.events.some((event) => event.existing)) return null;
  const { recordedAt } = result.events.at(-1) ?? { recordedAt: '' };
  const knownAt = write.before.reduce((latest, event) => laterOf(latest, event.recordedAt), recordedAt);
  const known = timeline([...write.before, ...write.events.map((event) => asRecordedAt(event, recordedAt))], knownAt);
  return write.messages.map(({ addressed: { index, fact, digest }, eventIds }) => {
    const first = firstOutcomeIn(known, eventIds);
    const { origin, source, messageId } = fact;
    return [index, { origin, source, messageId, digest, ...first, first: null, placementId: write.placementId, eventIds, position: result.position, recordedAt }];
  });
}
