import { EventStoreError, type EventStore, type Instant, type RecordedEvent } from '@bestendig/event-store';
import { timeline, type ParkedReason, type Verdict } from '@bestendig/placement-domain';
import { movedTo } from './history';
import { idOfStream, placementStream } from './keys';
import { movedFromOf } from './move-misdirected-facts';
import { toPlacementEvent } from './recorded-facts';

/** A message whose facts count otherwise from one moment on than just before it. */
export type VerdictChange = {
  /** Of the delivery that was recorded. */
  readonly origin: string;
  readonly source: string | null;
  readonly messageId: string;
  /** Known time of what made it so. With the origin it names the change: whoever asks again gets the same. */
  readonly at: Instant;
  readonly verdict: Verdict['verdict'];
  readonly reason: ParkedReason | null;
  /** Where its facts are now: elsewhere than before where its link was mended. */
  readonly placementId: string;
  readonly eventIds: readonly string[];
};

type Log = Pick<EventStore, 'readStream' | 'readStreams'>;
/** The facts of one delivery in one stream. */
type Message = { readonly origin: string; readonly events: readonly RecordedEvent[] };
type Counted = Pick<VerdictChange, 'verdict' | 'reason'>;

/** Mends of one key that are followed, as in messageNow. */
const MOVES_MAX = 20;

/**
 * What events of the log changed for messages that had been recorded before them, in the order of the log. It follows
 * from the log alone, so the same events give the same changes, however often and in whatever pages they are asked about.
 *
 * @param isFollowed of which deliveries, by origin, changes are wanted
 * @param onUnreadable told of a placement that cannot be read, whose changes are left out; without it that is thrown
 */
export async function verdictChanges(
  store: Log,
  events: readonly RecordedEvent[],
  isFollowed: (origin: string) => boolean,
  onUnreadable?: (placementId: string, error: unknown) => void,
): Promise<readonly VerdictChange[]> {
  const moments = new Map<string, Set<Instant>>();
  for (const { stream, knownTime } of events) moments.set(stream, (moments.get(stream) ?? new Set()).add(knownTime));
  const streams = await store.readStreams([...moments.keys()]);
  const changes: VerdictChange[] = [];
  for (const [stream, known] of streams) {
    const messages = await followedMessages(store, known, isFollowed);
    if (messages.length === 0) continue;
    try {
      for (const at of moments.get(stream) ?? []) changes.push(...(await changesAt(store, stream, known, messages, at)));
    } catch (error) {
      // A store that is away says so by its own error; a placement that cannot be read must not keep the others waiting.
      if (error instanceof EventStoreError || onUnreadable === undefined) throw error;
      onUnreadable(idOfStream(stream), error);
    }
  }
  return changes.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
}

async function followedMessages(
  store: Log,
  events: readonly RecordedEvent[],
  isFollowed: (origin: string) => boolean,
): Promise<readonly Message[]> {
  const byOrigin = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const { origin } = await asDelivered(store, event);
    if (isFollowed(origin)) byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), event]);
  }
  return [...byOrigin].map(([origin, own]) => ({ origin, events: own }));
}

/** A fact that was moved here, as it came in at first. */
async function asDelivered(store: Log, event: RecordedEvent): Promise<RecordedEvent> {
  let at = event;
  for (let moves = 0; moves < MOVES_MAX; moves += 1) {
    const from = movedFromOf(at);
    if (from === null) return at;
    const before = (await store.readStream(placementStream(from.placementId))).find(({ id }) => id === from.eventId);
    if (before === undefined) return at;
    at = before;
  }
  return at;
}

async function changesAt(
  store: Log,
  stream: string,
  events: readonly RecordedEvent[],
  messages: readonly Message[],
  at: Instant,
): Promise<readonly VerdictChange[]> {
  const before = events.filter(({ knownTime }) => knownTime < at);
  const last = before.at(-1);
  if (last === undefined) return [];
  const facts = before.map(toPlacementEvent);
  // What had been moved away by then counts elsewhere; of a fact that came back, its later copy does.
  const here = messages
    .map(({ origin, events: own }) => ({ origin, events: own.filter(({ id, knownTime }) => knownTime < at && movedTo(id, facts) === null) }))
    .filter((message) => message.events.length > 0);
  if (here.length === 0) return [];
  const [was, is] = [timelineOf(before, last.knownTime), timelineOf(events, at)];
  const changes: VerdictChange[] = [];
  for (const message of here) {
    const [old, now] = [counted(was, message.events), counted(is, message.events)];
    if (old.verdict === now.verdict && old.reason === now.reason) continue;
    changes.push(changeOf(message, at, await whereItIs(store, stream, events, message.events, now, at)));
  }
  return changes;
}

type Whereabouts = Counted & Pick<VerdictChange, 'placementId' | 'eventIds'>;

/** Of a fact that was moved away, what counts of it where it is now. */
async function whereItIs(
  store: Log,
  stream: string,
  events: readonly RecordedEvent[],
  own: readonly RecordedEvent[],
  now: Counted,
  at: Instant,
): Promise<Whereabouts> {
  const here = { ...now, placementId: idOfStream(stream), eventIds: own.map(({ id }) => id) };
  if (now.verdict !== 'retracted') return here;
  const facts = events.filter(({ knownTime }) => knownTime <= at).map(toPlacementEvent);
  const moved = own.flatMap(({ id }) => movedTo(id, facts) ?? []);
  const [target] = moved;
  if (target === undefined) return here;
  const there = await store.readStream(placementStream(target.placementId));
  const copies = there.filter(({ id, knownTime }) => knownTime <= at && moved.some(({ eventId }) => eventId === id));
  if (copies.length === 0) return here;
  return {
    ...counted(timelineOf(there, at), copies),
    placementId: target.placementId,
    eventIds: copies.map(({ id }) => id),
  };
}

function timelineOf(events: readonly RecordedEvent[], knownAt: Instant): ReadonlyMap<string, Verdict> {
  const known = events.filter(({ knownTime }) => knownTime <= knownAt);
  return new Map(timeline(known.map(toPlacementEvent), knownAt).facts.map((fact) => [fact.eventId, fact]));
}

/** A message counts as parked when one of its facts is, and else as its first fact does. */
function counted(verdicts: ReadonlyMap<string, Verdict>, events: readonly RecordedEvent[]): Counted {
  const own = events.flatMap(({ id }) => verdicts.get(id) ?? []);
  const parked = own.find((verdict) => verdict.verdict === 'parked');
  if (parked?.verdict === 'parked') return { verdict: 'parked', reason: parked.reason };
  return { verdict: own[0]?.verdict ?? 'stands', reason: null };
}

function changeOf({ origin, events }: Message, at: Instant, now: Whereabouts): VerdictChange {
  return { origin, source: events[0]?.source ?? null, messageId: events[0]?.messageId ?? '', at, ...now };
}
