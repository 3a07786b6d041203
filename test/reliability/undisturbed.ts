import { createMemoryEventStore, type EventStore, type Position, type RecordedEvent } from '@bestendig/event-store';
import { validateMessage } from '@bestendig/hr-messages';
import type { Kafka } from '@bestendig/kafka';
import { PlacementService, toPlacementEvent } from '@bestendig/placement-application';
import { timeline } from '@bestendig/placement-domain';
import { allOf } from '../e2e/kafka/whole-topic';

/** A message as it came to stand in its topic; `event` is what it says, null where that cannot be read. */
export type Delivered = { readonly origin: string; readonly partition: number; readonly event: unknown };

/** What hr-ingest must come to whatever disturbs it: the same deliveries, each partition in its order, one by one, without Kafka. */
export async function undisturbed(deliveries: readonly Delivered[], secret: Buffer): Promise<readonly string[]> {
  const clean = createMemoryEventStore();
  const service = new PlacementService({ store: clean, secret });
  for (const { origin, event } of [...deliveries].sort((a, b) => a.partition - b.partition)) {
    const checked = validateMessage(event, { origin, door: 'kafka', digestKey: secret });
    if (event !== null && checked.ok) await service.recordHrFacts([checked.fact]);
  }
  const facts = await factsOf(clean);
  await clean.close();
  return facts;
}

/** Of every stream of placements what it holds, whatever the order and the moments. */
export async function factsOf(from: EventStore): Promise<readonly string[]> {
  const events = await eventsOf(from);
  return events.map(({ stream, id, type, data, origin }) => JSON.stringify([stream, id, type, data, origin])).sort();
}

/** Of every placement what holds, and how each fact counts, whatever the moments. */
export async function timelinesOf(from: EventStore): Promise<Readonly<Record<string, unknown>>> {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of await eventsOf(from)) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  return Object.fromEntries(
    [...streams].map(([stream, events]) => {
      const { facts, ...holds } = timeline(events.map(toPlacementEvent), events.at(-1)?.knownTime);
      const counted = facts.map((fact) => [fact.eventId, fact.verdict, fact.verdict === 'parked' ? fact.reason : null]);
      return [stream, { ...holds, counted: counted.sort() }];
    }),
  );
}

async function eventsOf(from: EventStore): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let next: Position | null = null, atHead = false; !atHead;) {
    const page = await from.readAll(next, { limit: 10_000, filter: { categories: ['placement'] } });
    events.push(...page.events);
    ({ next, atHead } = { next: page.next ?? next, atHead: page.atHead });
  }
  return events;
}

export type Told = { readonly delivery: string; readonly outcome: string; readonly reason: string | null };

/** By id: told twice counts once, and says the same. */
export async function firstOutcomes(kafka: Kafka, topic: string): Promise<ReadonlyMap<string, Told>> {
  const found = new Map<string, Told>();
  const texts = new Map<string, string>();
  for (const { headers, value } of await allOf(kafka, topic)) {
    const id = headers.find(([name]) => name === 'ce_id')?.[1].toString() ?? '';
    const text = value?.toString() ?? '';
    const told = JSON.parse(text) as Told & { readonly outcome: string | null };
    if (told.outcome === null) continue;
    if ((texts.get(id) ?? text) !== text)
      throw new Error(`Two first outcomes of one delivery: ${text}, and ${texts.get(id)}`);
    texts.set(id, text);
    found.set(id, told);
  }
  return found;
}

export function countsOf(told: Iterable<{ readonly outcome: string }>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { outcome } of told) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
