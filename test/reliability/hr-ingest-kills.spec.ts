import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { createMemoryEventStore, openEventStore, type EventStore } from '@bestendig/event-store';
import { validateMessage, type HrMessage } from '@bestendig/hr-messages';
import { openIntake, type Intake } from '@bestendig/intake';
import { openKafka, type Kafka, type OutgoingMessage } from '@bestendig/kafka';
import { PlacementService } from '@bestendig/placement-application';
import { createTestDatabase, describeWithKafka, uniqueName, type TestDatabase } from '@bestendig/testing';
import { hrMessage, registered, signed } from '../e2e/api/messages';
import { binary, structured, until } from '../e2e/kafka/running-ingest';
import { allOf } from '../e2e/kafka/whole-topic';
import { build, type Built } from './built';

const KILLS = Number(process.env['KILLS'] ?? 5);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
/** Waves of messages, one before each kill. */
const WAVE = 150;
const SECRET = '05'.repeat(32);

jest.setTimeout(180_000 + KILLS * 15_000);

type Sent = { readonly message: HrMessage | null; readonly out: OutgoingMessage };

/** What a source with some disorder sends: facts before their registration, twice, with another content, and rubbish. */
const someMessages = fc
  .array(fc.record({ what: fc.constantFrom('signed', 'registered', 'ended', 'again', 'other', 'invalid', 'rubbish', 'bsn'), job: fc.nat(40), mode: fc.boolean() }), { minLength: WAVE, maxLength: WAVE })
  .map((told) => {
    const sent: Sent[] = [];
    const put = (message: HrMessage, mode: boolean): void => void sent.push({ message, out: mode ? binary(message) : structured(message) });
    for (const [n, { what, job, mode }] of told.entries()) {
      const employment = `job-${job}`;
      const before = sent.filter(({ message }) => message !== null)[(n * 7) % (n + 1)]?.message ?? null;
      if (what === 'rubbish') sent.push({ message: null, out: { key: employment, value: Buffer.from([n & 255, 0xff, 0x00, job]) } });
      else if (what === 'bsn') sent.push({ message: null, out: { key: employment, value: `{"note":"123456782 ${n}"}` } });
      else if (what === 'again' && before !== null) put(before, mode);
      else if (what === 'other' && before !== null) put({ ...before, time: '2025-01-01T00:00:00Z' }, mode);
      else if (what === 'invalid') put(hrMessage('ContractSigned', employment, { form: 'none' }), mode);
      else if (what === 'ended') put(hrMessage('ContractEnded', employment, { effectiveDate: '2024-06-30', endCode: '30' }), mode);
      else if (what === 'signed') put(signed(employment, '2024-01-01', '2024-12-31'), mode);
      else put(registered(employment, `person-${job % 25}`, { effectiveDate: '2024-01-01' }), mode);
    }
    return sent;
  });

describeWithKafka(
  `hr-ingest killed ${KILLS} times, and its broker too (seed ${SEED})`,
  (broker) => {
    let [built, database, store, intake, kafka]: [Built, TestDatabase, EventStore, Intake, Kafka] = [null as never, null as never, null as never, null as never, null as never];
    const topics = { facts: uniqueName('facts'), outcomes: uniqueName('outcomes'), group: uniqueName('group') };
    const ingests: ChildProcess[] = [];
    const start = (): void => {
      const { PATH, HOME, TMPDIR } = process.env;
      const env = { PATH, HOME, TMPDIR, DATABASE_URL: database.url, BESTENDIG_SECRET: SECRET, KAFKA_BROKERS: broker().broker, HR_FACTS_TOPIC: topics.facts, HR_OUTCOMES_TOPIC: topics.outcomes, HR_INGEST_GROUP: topics.group, LOG_LEVEL: 'fatal' };
      ingests.push(spawn(process.execPath, [join(dirname(built.main), '../../hr-ingest/src/main.js')], { env, stdio: 'ignore' }));
    };
    beforeAll(async () => {
      built = await build();
      database = await createTestDatabase();
      store = await openEventStore({ databaseUrl: database.url, eventStoreDb: null });
      intake = await openIntake(database.url);
      kafka = openKafka({ brokers: [broker().broker], clientId: 'test', tls: false, sasl: null });
      await kafka.makeTopics([{ name: topics.facts, partitions: 3 }]);
    });
    afterAll(async () => {
      for (const ingest of ingests) ingest.kill('SIGKILL');
      await Promise.all([store.close(), intake.close(), kafka.close()]);
      await database.drop();
      built.remove();
    });

    test('every message has one first outcome, told and in the ledger, and the facts are those of an undisturbed run', async () => {
      const chances = fc.sample(fc.record({ wave: someMessages, pauseMs: fc.integer({ min: 0, max: 2_500 }), broker: fc.integer({ min: 0, max: 3 }) }), { seed: SEED, numRuns: KILLS });
      const sender = await kafka.openSender();
      const deliveries: { readonly origin: string; readonly partition: number; readonly sent: Sent }[] = [];
      // Two of them: partitions move when one is killed, and when it is there again.
      start();
      start();
      for (const { wave, pauseMs, broker: chance } of chances) {
        const places = await sender.send(topics.facts, wave.map(({ out }) => out)); // prettier-ignore
        wave.forEach((sent, n) => deliveries.push({ origin: `kafka:${topics.facts}/${places[n]?.partition}#${places[n]?.offset}`, partition: places[n]?.partition ?? 0, sent }));
        await new Promise((resolve) => setTimeout(resolve, 500 + pauseMs));
        ingests.shift()?.kill('SIGKILL');
        if (chance === 0) {
          await broker().own?.kill();
          await broker().own?.start();
        }
        start();
      }
      await until(async () => (await intake.byOrigins(deliveries.map(({ origin }) => origin))).length === deliveries.length, 90_000);
      await until(async () => [...(await kafka.lag(topics.group, topics.facts)).values()].every((lag) => lag === 0), 60_000);
      const told = await firstOutcomes(kafka, topics.outcomes);
      expect(new Set([...told.values()].map(({ delivery }) => delivery))).toEqual(new Set(deliveries.map(({ origin }) => origin)));
      expect(told.size).toBe(deliveries.length);
      expect((await intake.counts()).reduce((sum, { count }) => sum + count, 0)).toBe(deliveries.length);
      expect(await factsOf(store)).toEqual(await undisturbed(deliveries));
      // eslint-disable-next-line no-console
      console.info(`hr-ingest: ${KILLS} kills, ${deliveries.length} deliveries: ${JSON.stringify(countsOf([...told.values()]))}; seed ${SEED}`);
      await sender.close();
    });
  },
  { mustBeOwn: true },
);

type Told = { readonly delivery: string; readonly outcome: string };

/** By id: told twice counts once, and says the same. */
async function firstOutcomes(kafka: Kafka, topic: string): Promise<ReadonlyMap<string, Told>> {
  const found = new Map<string, Told>();
  const texts = new Map<string, string>();
  for (const { headers, value } of await allOf(kafka, topic)) {
    const id = headers.find(([name]) => name === 'ce_id')?.[1].toString() ?? '';
    const text = value?.toString() ?? '';
    const told = JSON.parse(text) as Told & { readonly outcome: string | null };
    if (told.outcome === null) continue;
    expect(texts.get(id) ?? text).toBe(text);
    texts.set(id, text);
    found.set(id, told);
  }
  return found;
}

/** Of every stream of placements what it holds, whatever the order and the moments. */
async function factsOf(from: EventStore): Promise<readonly string[]> {
  const { events } = await from.readAll(null, { limit: 10_000, filter: { categories: ['placement'] } });
  return events.map(({ stream, id, type, data, origin }) => JSON.stringify([stream, id, type, data, origin])).sort();
}

/** The same deliveries, each partition in its order, without Kafka and without a disturbance. */
async function undisturbed(deliveries: readonly { readonly origin: string; readonly partition: number; readonly sent: Sent }[]): Promise<readonly string[]> {
  const clean = createMemoryEventStore();
  const secret = Buffer.from(SECRET, 'hex');
  const service = new PlacementService({ store: clean, secret });
  for (const { origin, sent } of [...deliveries].sort((a, b) => a.partition - b.partition)) {
    const checked = validateMessage(sent.message, { origin, door: 'kafka', digestKey: secret });
    if (sent.message !== null && checked.ok) await service.recordHrFacts([checked.fact]);
  }
  const facts = await factsOf(clean);
  await clean.close();
  return facts;
}

function countsOf(told: readonly Told[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { outcome } of told) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
