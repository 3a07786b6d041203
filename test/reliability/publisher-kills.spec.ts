import { join, dirname } from 'node:path';
import { openEventStore, type EventStore } from '@bestendig/event-store';
import { placementView } from '@bestendig/integration-events';
import { openKafka, type Kafka, type ReceivedMessage } from '@bestendig/kafka';
import { idOfStream, toPlacementEvent } from '@bestendig/placement-application';
import { timeline } from '@bestendig/placement-domain';
import { createTestDatabase, describeWithKafka, uniqueName, type TestDatabase } from '@bestendig/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { allOf } from '../e2e/kafka/whole-topic';
import { appendTo, randomLogs, type LoggedEvent } from '../read-models/random-logs';
import { build, type Built } from './built';
import fc from 'fast-check';

const KILLS = Number(process.env['KILLS'] ?? 4);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

jest.setTimeout(120_000 + KILLS * 10_000);

/** A log of some hundreds of events: random logs, one after the other, each with persons of its own. */
function longLog(): readonly (readonly LoggedEvent[])[] {
  const logs = fc.sample(randomLogs, { seed: SEED, numRuns: 12 });
  return logs.map((log, n) => JSON.parse(JSON.stringify(log).replaceAll('-0000-4000-', `-${String(n).padStart(4, '0')}-4000-`)) as readonly LoggedEvent[]);
}

describeWithKafka(`the publisher killed ${KILLS} times (seed ${SEED})`, (broker) => {
  let [built, database, store, kafka]: [Built, TestDatabase, EventStore, Kafka] = [null as never, null as never, null as never, null as never];
  const topics = { placements: uniqueName('placements'), state: uniqueName('state') };
  let publisher: ChildProcess | null = null;
  const start = (): void => {
    const { PATH, HOME, TMPDIR } = process.env;
    const env = { PATH, HOME, TMPDIR, DATABASE_URL: database.url, KAFKA_BROKERS: broker().broker, PLACEMENTS_TOPIC: topics.placements, PLACEMENT_STATE_TOPIC: topics.state, LOG_LEVEL: 'fatal' };
    publisher = spawn(process.execPath, [join(dirname(built.main), '../../publisher/src/main.js')], { env, stdio: 'ignore' });
  };
  beforeAll(async () => {
    built = await build();
    database = await createTestDatabase();
    store = await openEventStore({ databaseUrl: database.url, eventStoreDb: null });
    kafka = openKafka({ brokers: [broker().broker], clientId: 'test', tls: false, sasl: null });
  });
  afterAll(async () => {
    publisher?.kill('SIGKILL');
    await Promise.all([store.close(), kafka.close()]);
    await database.drop();
    built.remove();
  });

  test('no last state is missing, no id has two contents, and each placement is told in order', async () => {
    const parts = longLog();
    const chance = fc.sample(fc.integer({ min: 50, max: 1_500 }), { seed: SEED, numRuns: KILLS });
    start();
    for (let kill = 0, part = 0; kill < KILLS || part < parts.length; kill += 1, part += 1) {
      await appendTo(store, parts[part] ?? []);
      if (kill >= KILLS) continue;
      await new Promise((resolve) => setTimeout(resolve, 700 + (chance[kill] ?? 0)));
      publisher?.kill('SIGKILL');
      start();
    }
    const expected = await viewsOf(store);
    await untilSaid(kafka, topics.state, expected);
    const told = await allOf(kafka, topics.placements);
    const contents = new Map<string, Set<string>>();
    for (const message of told) contents.set(idOf(message), (contents.get(idOf(message)) ?? new Set()).add(`${message.key?.toString()} ${message.value?.toString()}`));
    expect([...contents].filter(([, texts]) => texts.size > 1)).toEqual([]);
    expect(outOfOrder(told)).toEqual([]);
    const last = new Map(told.map((message) => [message.key?.toString(), message]));
    for (const [placementId, view] of expected) expect({ ...(JSON.parse(last.get(placementId)?.value?.toString() ?? 'null') as object), changed: null }).toEqual({ ...view, changed: null });
    console.info(`publisher: ${KILLS} kills, ${told.length} messages told, ${contents.size} of them different, ${expected.size} placements; seed ${SEED}`);
  });
});

async function viewsOf(store: EventStore): Promise<ReadonlyMap<string, object>> {
  const { events } = await store.readAll(null, { limit: 10_000, filter: { categories: ['placement'] } });
  const streams = await store.readStreams([...new Set(events.map(({ stream }) => stream))]);
  const views = [...streams].map(([stream, known]): [string, object] => {
    const placementId = idOfStream(stream);
    return [placementId, placementView(placementId, timeline(known.map(toPlacementEvent), known.at(-1)?.knownTime))];
  });
  return new Map(views.filter(([, view]) => isSaid(view)));
}

const isSaid = (view: object): boolean => JSON.stringify(Object.values(view).slice(1)) !== '[null,null,[]]';

async function untilSaid(kafka: Kafka, topic: string, expected: ReadonlyMap<string, object>): Promise<void> {
  for (const end = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 250))) {
    const messages = (await kafka.partitionsOf(topic)) === null ? [] : await allOf(kafka, topic);
    const now = new Map(messages.map(({ key, value }) => [key?.toString() ?? '', JSON.parse(value?.toString() ?? 'null') as object]));
    const said = [...now].filter(([, view]) => isSaid(view)).sort();
    if (JSON.stringify(said) === JSON.stringify([...expected].sort())) return;
    if (Date.now() > end) return expect(new Map(said)).toEqual(expected);
  }
}

const headerOf = (message: ReceivedMessage, wanted: string): string => message.headers.find(([name]) => name === wanted)?.[1].toString() ?? '';
const idOf = (message: ReceivedMessage): string => headerOf(message, 'ce_id');

/** First tellings only: what comes a second time was told in its place before. */
function outOfOrder(messages: readonly ReceivedMessage[]): readonly string[] {
  const [seen, last, wrong] = [new Set<string>(), new Map<string, string>(), [] as string[]];
  for (const message of messages) {
    if (seen.has(idOf(message))) continue;
    seen.add(idOf(message));
    const [key, sequence] = [message.key?.toString() ?? '', headerOf(message, 'ce_sequence')];
    if (sequence <= (last.get(key) ?? '')) wrong.push(`${key} ${sequence}`);
    last.set(key, sequence);
  }
  return wrong;
}
