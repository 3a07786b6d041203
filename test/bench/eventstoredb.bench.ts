import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, NO_STREAM, binaryEvent } from '@eventstore/db-client';
import { eventStoreSettings, openEventStore, type EventStore, type NewEvent, type Position, type RawEvent, type StreamWrite } from '@bestendig/event-store';
import { alternate, benchArgs, closeBench, peakMiB, perSecond, seconds, withBenchPostgres, type Measure } from './bench';

const PAGE_EVENTS = 5_000;
const IN_FLIGHT = [1, 16, 64] as const;
const BATCH = 500;
const READ_AIM = 0.8;
const APPEND_AIM = 0.5;
/** Slower than the rest, fewer say as much. */
const IN_ORDER_SHARE = 0.05;

/** The EventStoreDB of EVENTSTOREDB_URL through the port, beside its own clients: each under a namespace of its own, in the same run. */
async function main(): Promise<void> {
  const { size, rounds } = benchArgs({ name: 'eventstoredb', counts: 'events that are read; a tenth is appended a round', size: 50_000, rounds: 3 });
  const { eventStoreDb } = eventStoreSettings({ ...process.env, EVENT_STORE: 'eventstoredb' });
  const url = eventStoreDb?.url ?? '';
  const measures = await withBenchPostgres(async (makeDatabase) => {
    const open = async () => openEventStore({ eventStoreDb: { url, namespace: `bench${randomUUID().replaceAll('-', '')}` }, databaseUrl: await makeDatabase() });
    const [store, namespace] = [await open(), `bare${randomUUID().replaceAll('-', '')}`];
    const appends = await measureAppends(store, url, namespace, Math.max(BATCH, Math.round(size / 10)), rounds);
    await fill(store, size);
    const read = await measureReads(store, url, size, rounds);
    await measureInOrder(store, await open(), await open(), Math.max(BATCH, Math.round(size * IN_ORDER_SHARE)));
    return [...appends, read];
  });
  closeBench(measures);
  // The clients keep connections of their own.
  process.exit(0);
}

/** One event in a new stream each: by so many callers at once, and by one caller in batches. */
async function measureAppends(store: EventStore, url: string, namespace: string, events: number, rounds: number): Promise<readonly Measure[]> {
  const client = EventStoreDBClient.connectionString(url);
  const bare = async (): Promise<void> => {
    const text = Buffer.from(JSON.stringify({ envelope: { ...newEvent().meta, id: randomUUID(), pad: 'x'.repeat(400) } }));
    await client.appendToStream(`${namespace}.placement-${randomUUID()}`, [binaryEvent({ type: 'HoursChanged', data: text, metadata: Buffer.from('{}') })], { expectedRevision: NO_STREAM });
  };
  const measures: Measure[] = [];
  for (const callers of IN_FLIGHT) {
    const count = callers === 1 ? Math.round(events / 10) : events;
    console.log(`Appends of one event, ${callers} in flight: ${count} a round.`);
    const figures = await alternate(
      { rounds, steps: 1, countPerStep: count },
      () => seconds(() => share(count, callers, async () => void (await store.append([newWrite()])))),
      () => seconds(() => share(count, callers, bare)),
    );
    measures.push(measured(`append, ${callers} in flight`, count, figures, 'bare client, same number in flight', APPEND_AIM));
  }
  console.log(`Appends of ${BATCH} streams at once: ${events} events a round.`);
  const figures = await alternate(
    { rounds, steps: Math.max(1, Math.round(events / BATCH)), countPerStep: BATCH },
    () => {
      const writes = Array.from({ length: BATCH }, newWrite);
      return seconds(() => store.append(writes));
    },
    () => seconds(() => share(BATCH, 64, bare)),
  );
  return [...measures, measured(`append of ${BATCH} streams in one call`, events, figures, 'bare client, 64 in flight', APPEND_AIM)];
}

async function fill(store: EventStore, size: number): Promise<void> {
  for (let count = 0; count < size; count += 8 * BATCH) await store.append(Array.from({ length: BATCH }, () => ({ stream: `placement-${randomUUID()}`, expected: 'NO_STREAM' as const, events: Array.from({ length: 8 }, newEvent) }))); // prettier-ignore
}

async function measureReads(store: EventStore, url: string, size: number, rounds: number): Promise<Measure> {
  const [first] = (await store.readAll(null, { limit: 1 })).events;
  // Both begin there: before it the server would look through logs of others.
  const start = first?.position ?? null;
  const raw = await store.readAll(start, { limit: 1 });
  const from = raw.next?.slice(1).split('/')[0] ?? '0';
  // Brought in late: its messages overwrite the other client's.
  const { KurrentDBClient } = await import('@kurrent/kurrentdb-client');
  const client = KurrentDBClient.connectionString(url.replace(/^[a-z]+(?=(\+discover)?:)/, 'kurrentdb'));
  console.log(`Reading ${size} events.`);
  const figures = await alternate(
    { rounds, steps: 1, countPerStep: size },
    () =>
      seconds(async () => {
        let [count, next, atHead]: [number, Position | null, boolean] = [0, start, false];
        while (count < size && !atHead) {
          const page = await store.readAll(next, { limit: PAGE_EVENTS });
          [count, next, atHead] = [count + page.events.length, page.next, page.atHead];
        }
        if (count < size) throw new Error('The port read too little.');
      }),
    () =>
      seconds(async () => {
        let count = 0;
        const filter = { filterOn: 'streamName', prefixes: ['bench'] } as NonNullable<NonNullable<Parameters<typeof client.readAll>[0]>['filter']>;
        for await (const { event } of client.readAll({ fromPosition: { commit: BigInt(from), prepare: BigInt(from) }, maxCount: size, filter })) if (event !== undefined) count++;
        if (count < size) throw new Error('The bare client read too little.');
      }),
  );
  return measured('readAll, every event parsed', size, figures, 'bare @kurrent/kurrentdb-client, data not parsed', READ_AIM);
}

/** What must be in order: a restore, and a run of --as-reported of events that each have a time of their own. */
async function measureInOrder(store: EventStore, copy: EventStore, reported: EventStore, events: number): Promise<void> {
  const raw: RawEvent[] = [];
  while (raw.length < events) raw.push(...(await store.readRaw(raw.at(-1)?.position ?? null, Math.min(PAGE_EVENTS, events - raw.length))));
  const batches = async function* (): AsyncGenerator<readonly RawEvent[]> {
    yield raw;
  };
  const restored = await perSecond(raw.length, () => copy.restore(batches(), { run: 'bench' }));
  await reported.beginAsReported('bench');
  const timed = Array.from({ length: events }, (_, index) => ({ stream: `placement-${randomUUID()}`, expected: 'NO_STREAM' as const, events: [newEvent(new Date(1_600_000_000_000 + index).toISOString().replace('Z', '000Z'))] }));
  const asReported = await perSecond(events, async () => {
    for (let start = 0; start < events; start += BATCH) await reported.append(timed.slice(start, start + BATCH), { asReported: { run: 'bench' } });
  });
  console.log(`In order, one append at a time: restore ${Math.round(restored)} events a second, --as-reported ${Math.round(asReported)}.`);
}

async function share(count: number, callers: number, work: () => Promise<void>): Promise<void> {
  let done = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (done++ < count) await work();
    }),
  );
}

function measured(bench: string, size: number, figures: { readonly ours: number; readonly reference: number }, name: string, aim: number): Measure {
  const ratio = figures.ours / figures.reference;
  return { bench, size, unit: 'events/s', value: figures.ours, reference: { name, value: figures.reference }, ratio, aim, met: ratio >= aim, peakMiB: peakMiB() };
}

function newWrite(): StreamWrite {
  return { stream: `placement-${randomUUID()}`, expected: 'NO_STREAM', events: [newEvent()] };
}

function newEvent(reportedAt: string | null = null): NewEvent {
  const id = randomUUID();
  const meta = { reportedAt: typeof reportedAt === 'string' ? reportedAt : null, actor: 'bench', onBehalfOf: null, organisation: 'oin:00000001001234567000', source: 'urn:bench', messageId: id, messageDigest: id, origin: 'bench', correlationId: id, causationId: null, keyId: null };
  return { id, type: 'HoursChanged', schemaVersion: 1, data: { effectiveDate: '2024-03-01', hoursPerWeek: 24 }, meta };
}

void main();
