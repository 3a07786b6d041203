import { type EventStore, type RecordedEvent } from '@bestendig/event-store';
import { viewByTimeline, type Messages, messagesOf, type ViewOf } from '@bestendig/publisher';
import type { IntegrationEvent } from '@bestendig/integration-events';
import type { Kafka, ReceivedMessage } from '@bestendig/kafka';
import { idOfStream, toPlacementEvent } from '@bestendig/placement-application';
import { OWN_SOURCE } from './running-ingest';
import { allOf } from './whole-topic';

export const eventsOf = async (store: EventStore): Promise<readonly RecordedEvent[]> =>
  (await store.readAll(null, { limit: 10_000, filter: { categories: ['placement'] } })).events;

/** Of every placement in the store, what may be known of it now. */
export async function viewsOf(store: EventStore): Promise<ReadonlyMap<string, object>> {
  const streams = await store.readStreams([...new Set((await eventsOf(store)).map(({ stream }) => stream))]);
  return new Map(
    [...streams].map(([stream, known]) => [idOfStream(stream), viewByTimeline(idOfStream(stream), known.map(toPlacementEvent))]),
  );
}

/** Of a view that says nothing there need be no message. */
export const isSaid = (view: object): boolean => JSON.stringify(Object.values(view).slice(1)) !== '[null,null,[]]';

/** What the whole log has to say, in pages of these sizes, again and again. */
export async function inPages(store: EventStore, sizes: readonly number[], viewOf?: ViewOf): Promise<Pick<Messages, 'changes' | 'states' | 'reached'>> {
  const [events, changes, states] = [await eventsOf(store), [] as IntegrationEvent[], [] as IntegrationEvent[]];
  const reached = new Map<string, { readonly unreadFrom: number; readonly error: unknown } | null>();
  for (let at = 0, n = 0; at < events.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    const page = await messagesOf(events.slice(at, at + size), { store, source: OWN_SOURCE, ...(viewOf === undefined ? {} : { viewOf }) });
    changes.push(...page.changes);
    states.push(...page.states);
    for (const [stream, one] of page.reached) reached.set(stream, one);
    at += size;
  }
  return { changes, states, reached };
}

/** Of each key the last. */
export const lastOf = (messages: readonly { readonly key: string; readonly data: object }[]) => new Map(messages.map(({ key, data }) => [key, data]));
export const withoutChanged = (data: object): object => Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'changed'));

export const headersOf = (message: ReceivedMessage | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((message?.headers ?? []).map(([name, value]) => [name, value.toString()]));
export const idOf = (message: ReceivedMessage): string => headersOf(message)['ce_id'] ?? '';
export const keyOf = ({ key }: ReceivedMessage): string => key?.toString() ?? '';
export const dataOf = ({ value }: ReceivedMessage): object => JSON.parse(value?.toString() ?? 'null') as object;

/** How placements are by the compacted topic: of each key the last message, without those that are forgotten. */
export async function statesIn(kafka: Kafka, topic: string): Promise<ReadonlyMap<string, object>> {
  if ((await kafka.partitionsOf(topic)) === null) return new Map();
  const last = new Map((await allOf(kafka, topic)).map((message) => [keyOf(message), message]));
  return new Map([...last.values()].filter(({ value }) => value !== null).map((message) => [keyOf(message), dataOf(message)]));
}

/** By key and sequence: messages that come for the first time, but behind a later one of their placement. */
export function outOfOrder(messages: readonly ReceivedMessage[]): readonly string[] {
  const [seen, last, wrong] = [new Set<string>(), new Map<string, string>(), [] as string[]];
  for (const message of messages) {
    if (seen.has(idOf(message))) continue;
    seen.add(idOf(message));
    const [key, sequence] = [keyOf(message), headersOf(message)['ce_sequence'] ?? ''];
    if (sequence <= (last.get(key) ?? '')) wrong.push(`${key} ${sequence}`);
    last.set(key, sequence);
  }
  return wrong;
}

/** Ids under which more than one thing was said. */
export function saidOtherwise(messages: readonly ReceivedMessage[]): readonly string[] {
  const said = new Map<string, string>();
  return messages.flatMap((message) => {
    const text = JSON.stringify([keyOf(message), message.value?.toString(), headersOf(message)]);
    const before = said.get(idOf(message)) ?? text;
    said.set(idOf(message), before);
    return before === text ? [] : [idOf(message)];
  });
}
