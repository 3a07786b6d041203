import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent, Page, Position, RawEvent, RecordedEvent } from '../port';
import type { Upcasters } from '../reading';

/** One fresh, empty store, and what a test may do to it that no caller can. */
export type EventStoreKit = {
  readonly store: EventStore;
  /** The same log through another door: another process of the system, as far as the adapter can tell. */
  secondDoor(): Promise<EventStore>;
  /** Another store, fresh and empty. */
  makeEmptyStore(): Promise<EventStore>;
  /** Breaks every connection to the store at once; nothing happens where there are none. */
  cutConnections(): Promise<void>;
  /** From now on the store's clock runs an hour behind. */
  setClockBack(): Promise<void>;
  /** Changes a kept event behind the store's back. */
  tamper(stream: string, revision: number, change: (kept: Kept) => Kept): Promise<void>;
  dispose(): Promise<void>;
};
export type Kept = { readonly canonical: string; readonly hash: string };
/** A topic of the suite: its tests, about the kit of the moment. */
export type Topic = (kit: () => EventStoreKit, makeKit: MakeKit) => void;
export type MakeKit = (options?: { readonly upcasters?: Upcasters }) => Promise<EventStoreKit>;

export function newStream(category = 'placement'): string {
  return `${category}-${randomUUID()}`;
}

/** A plausible event; `digest` says what content the id stands for. */
export function newEvent(about: { readonly id?: string; readonly type?: string; readonly digest?: string; readonly data?: object; readonly schemaVersion?: number; readonly reportedAt?: string | null } = {}): NewEvent {
  const id = about.id ?? randomUUID();
  return {
    id,
    type: about.type ?? 'HoursChanged',
    schemaVersion: about.schemaVersion ?? 1,
    data: about.data ?? { effectiveDate: '2024-03-01', hoursPerWeek: 24 },
    meta: {
      reportedAt: about.reportedAt === undefined ? '2024-03-02T08:15:00.000000Z' : about.reportedAt,
      actor: 'hr-system',
      onBehalfOf: null,
      organisation: 'oin:00000001001234567000',
      source: 'urn:nld:oin:00000001001234567000:systeem:hr',
      messageId: `message-${id}`,
      messageDigest: about.digest ?? `digest-${id}`,
      origin: `test:${id}`,
      correlationId: id,
      causationId: null,
      keyId: null,
    },
  };
}

export function newEvents(count: number): readonly NewEvent[] {
  return Array.from({ length: count }, (_, number) => newEvent({ data: { number } }));
}

/** Everything from a position to the end of the log, page by page. */
export async function readToEnd(store: EventStore, options: Parameters<EventStore['readAll']>[1] = {}, from: Position | null = null): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let page: Page = await store.readAll(from, options); ; page = await store.readAll(page.next, options)) {
    events.push(...page.events);
    if (page.atHead || page.next === null) return events;
  }
}

/** The log as hashed, from its start, without what a store writes in it for itself, which differs from adapter to adapter. */
export async function rawWithoutClock(store: EventStore): Promise<readonly RawEvent[]> {
  const events: RawEvent[] = [];
  for await (const batch of rawBatches(store, 1_000)) events.push(...batch.filter((event) => !event.stream.startsWith('clock-')));
  return events;
}

export async function* rawBatches(store: EventStore, size = 100): AsyncGenerator<readonly RawEvent[]> {
  let from: Position | null = null;
  for (;;) {
    const batch: readonly RawEvent[] = await store.readRaw(from, size);
    const last = batch.at(-1);
    if (last === undefined) return;
    yield batch;
    from = last.position;
  }
}

/** Follows a subscription until so many events have come, then ends it. */
export async function collect(store: EventStore, count: number, options: { readonly from?: Position | null; readonly limit?: number; readonly onPage?: (soFar: number) => Promise<void> | void } = {}): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  const stop = new AbortController();
  for await (const page of store.subscribe(options.from ?? null, { signal: stop.signal, ...(options.limit === undefined ? {} : { limit: options.limit }) })) {
    events.push(...page.events);
    await options.onPage?.(events.length);
    if (events.length >= count) break;
  }
  stop.abort();
  return events;
}
