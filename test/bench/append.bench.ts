import { createHash } from 'node:crypto';
import { openPostgresEventStore, type EventStore, type NewEvent, type Position, type StreamWrite } from '@bestendig/event-store';
import { BareInsert, bareRows, type BareRow } from '@bestendig/event-store/testing';
import { alternate, benchArgs, closeBench, peakMiB, seconds, withBenchPostgres, type Measure } from './bench';

const BATCH = 1_000;
const CLIENTS = 16;
/** Single appends are so much slower that fewer say as much. */
const SINGLES_SHARE = 0.1;
const SINGLES_STEP = 500;
const RATIO_AIM = 0.6;
const BATCHES_AIM = 30_000;

async function main(): Promise<void> {
  const { size, rounds } = benchArgs({ name: 'append', counts: 'events a round in batches of 1,000; a tenth of it one by one', size: 50_000, rounds: 5 });
  const measures = await withBenchPostgres(async (makeDatabase) => [
    await measureBatches(Math.max(1, Math.round(size / BATCH)), rounds, makeDatabase),
    await measureSingles(Math.max(1, Math.round((size * SINGLES_SHARE) / SINGLES_STEP)), rounds, makeDatabase),
  ]);
  closeBench(measures);
}

async function measureBatches(batches: number, rounds: number, makeDatabase: () => Promise<string>): Promise<Measure> {
  const store = await openPostgresEventStore({ databaseUrl: await makeDatabase() });
  const bare = await BareInsert.into(await makeDatabase(), 1);
  const kept = new KeptRows(store);
  console.log(`Batches of ${BATCH}: ${batches * BATCH} events a round.`);
  const figures = await alternate(
    { rounds, steps: batches, countPerStep: BATCH },
    (round, step) => {
      const writes = batchOf(round * batches + step);
      return seconds(() => store.append(writes));
    },
    async () => {
      const rows = await kept.next(BATCH);
      return seconds(() => bare.batch(0, rows));
    },
  );
  await closeWhole(store, kept, bare, batches * BATCH * (rounds + 1));
  const measure = measured('append in batches of 1,000', batches * BATCH, figures, 'bare INSERT ... SELECT unnest of the same rows, same table and indexes');
  return { ...measure, met: measure.met && figures.ours >= BATCHES_AIM };
}

async function measureSingles(steps: number, rounds: number, makeDatabase: () => Promise<string>): Promise<Measure> {
  const store = await openPostgresEventStore({ databaseUrl: await makeDatabase() });
  const bare = await BareInsert.into(await makeDatabase(), CLIENTS);
  const kept = new KeptRows(store);
  console.log(`One by one, ${CLIENTS} clients: ${steps * SINGLES_STEP} events a round.`);
  const figures = await alternate(
    { rounds, steps, countPerStep: SINGLES_STEP },
    (round, step) => {
      const writes = range(SINGLES_STEP).map((number) => singleOf((round * steps + step) * SINGLES_STEP + number));
      return seconds(() => share(writes, async (_, write) => void (await store.append([write]))));
    },
    async () => {
      const rows = await kept.next(SINGLES_STEP);
      return seconds(() => share(rows, (client, row) => bare.one(client, row)));
    },
  );
  await closeWhole(store, kept, bare, steps * SINGLES_STEP * (rounds + 1));
  return measured('append one by one, 16 clients', steps * SINGLES_STEP, figures, 'bare INSERT of the same rows by 16 clients, same table and indexes');
}

/** The rows that the store kept, in order, each hash and each link verified: what the reference inserts. */
class KeptRows {
  private from: Position | null = null;
  count = 0;

  constructor(private readonly store: EventStore) {}

  async next(count: number): Promise<readonly BareRow[]> {
    const rows: BareRow[] = [];
    while (rows.length < count) {
      const events = await this.store.readRaw(this.from, Math.min(count - rows.length, 1_000));
      const last = events.at(-1);
      if (last === undefined) throw new Error(`Of ${this.count + count} events sent only ${this.count + rows.length} were kept.`);
      rows.push(...bareRows(events, this.count + rows.length + 1));
      this.from = last.position;
    }
    this.count += count;
    return rows;
  }
}

/** Nothing is printed of logs that are not whole. */
async function closeWhole(store: EventStore, kept: KeptRows, bare: BareInsert, expected: number): Promise<void> {
  const tail = await store.readAll(null, { direction: 'backward', limit: 1 });
  const inOrder = tail.events[0]?.position === (await store.headPosition());
  if (kept.count !== expected || (await bare.count()) !== expected || !inOrder) throw new Error(`${kept.count} and ${await bare.count()} events kept, ${expected} sent.`);
  await Promise.all([store.close(), bare.close()]);
}

/** Half of a batch opens 250 streams with two events, half goes on with those of the batch before. */
function batchOf(batch: number): readonly StreamWrite[] {
  const opens = range(BATCH / 4).map((n): StreamWrite => ({ stream: streamOf(batch, n), expected: 'NO_STREAM', events: [0, 1].map((e) => eventOf(`${batch}/${n}/${e}`)) }));
  if (batch === 0) return [...opens, ...range(BATCH / 4).map((n): StreamWrite => ({ stream: streamOf(-1, n), expected: 'NO_STREAM', events: [0, 1].map((e) => eventOf(`-1/${n}/${e}`)) }))];
  const goesOn = range(BATCH / 4).map((n): StreamWrite => ({ stream: streamOf(batch - 1, n), expected: 1, events: [2, 3].map((e) => eventOf(`${batch - 1}/${n}/${e}`)) }));
  return [...opens, ...goesOn];
}

function singleOf(number: number): StreamWrite {
  return { stream: streamOf(-2, number), expected: 'NO_STREAM', events: [eventOf(`single/${number}`)] };
}

function streamOf(batch: number, number: number): string {
  return `placement-${uuidOf(`stream ${batch} ${number}`)}`;
}

function eventOf(name: string): NewEvent {
  const id = uuidOf(name);
  const digest = createHash('sha256').update(name).digest('hex');
  const data = { effectiveDate: '2024-03-01', form: 'arbeidsovereenkomst', plannedEnd: '2024-09-30', proeftijdDays: 30 };
  const meta = {
    reportedAt: '2024-03-04T08:15:30.000000Z',
    actor: 'hr-system',
    onBehalfOf: null,
    organisation: 'oin:00000001001234567000',
    source: 'urn:nld:oin:00000001001234567000:systeem:hr',
    messageId: `2024-${name}`,
    messageDigest: digest,
    origin: `http:${uuidOf('request')}#${name.length}`,
    correlationId: uuidOf('request'),
    causationId: null,
    keyId: null,
  };
  return { id, type: 'ContractSigned', schemaVersion: 1, data, meta };
}

function measured(bench: string, size: number, figures: { readonly ours: number; readonly reference: number }, reference: string): Measure {
  const ratio = figures.ours / figures.reference;
  return { bench, size, unit: 'events/s', value: figures.ours, reference: { name: reference, value: figures.reference }, ratio, aim: RATIO_AIM, met: ratio >= RATIO_AIM, peakMiB: peakMiB() };
}

/** Each client takes the next item when it has done one. */
async function share<T>(items: readonly T[], work: (client: number, item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const clients = range(CLIENTS).map(async (client) => {
    for (const item of waiting) await work(client, item);
  });
  await Promise.all(clients);
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number);
}

function uuidOf(name: string): string {
  const hex = createHash('sha1').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
