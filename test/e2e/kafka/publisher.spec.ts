import fc from 'fast-check';
import { openEventStore, type EventStore, type RecordedEvent } from '@bestendig/event-store';
import { placementForgotten, placementView, PLACEMENT_STATE_TYPE, PLACEMENT_CHANGED_TYPE, type IntegrationEvent } from '@bestendig/integration-events';
import { openKafka, type Kafka, type ReceivedMessage } from '@bestendig/kafka';
import { idOfStream, toPlacementEvent } from '@bestendig/placement-application';
import { timeline } from '@bestendig/placement-domain';
import { messagesOf, runPublisher, type PublisherOptions } from '@bestendig/publisher';
import { createTestDatabase, describeWithKafka, uniqueName, type TestDatabase } from '@bestendig/testing';
import { appendTo, randomLogs, someLog, storeOf } from '../../read-models/random-logs';
import { OWN_SOURCE, until } from './running-ingest';
import { allOf } from './whole-topic';

jest.setTimeout(120_000);

const eventsOf = async (store: EventStore): Promise<readonly RecordedEvent[]> =>
  (await store.readAll(null, { limit: 10_000, filter: { categories: ['placement'] } })).events;

/** Of every placement in the store, what may be known of it now. */
async function viewsOf(store: EventStore): Promise<ReadonlyMap<string, object>> {
  const events = await eventsOf(store);
  const streams = await store.readStreams([...new Set(events.map(({ stream }) => stream))]);
  return new Map(
    [...streams].map(([stream, known]) => {
      const placementId = idOfStream(stream);
      return [placementId, placementView(placementId, timeline(known.map(toPlacementEvent), known.at(-1)?.knownTime))];
    }),
  );
}

async function inPages(store: EventStore, sizes: readonly number[]): Promise<{ readonly changes: readonly IntegrationEvent[]; readonly states: readonly IntegrationEvent[] }> {
  const [events, changes, states] = [await eventsOf(store), [] as IntegrationEvent[], [] as IntegrationEvent[]];
  for (let at = 0, n = 0; at < events.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    const page = await messagesOf(events.slice(at, at + size), { store, source: OWN_SOURCE });
    changes.push(...page.changes);
    states.push(...page.states);
    at += size;
  }
  return { changes, states };
}

/** Of each key the last. */
const lastOf = (messages: readonly { readonly key: string; readonly data: object }[]) => new Map(messages.map(({ key, data }) => [key, data]));
const withoutChanged = (data: object): object => Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'changed'));
const isSaid = (view: object): boolean => JSON.stringify(Object.values(view).slice(1)) !== '[null,null,[]]';

test('the last message of each placement says what holds of it, whatever the pages; the same events give the same messages', async () => {
  await fc.assert(
    fc.asyncProperty(randomLogs, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }), async (log, sizes) => {
      const store = await storeOf(log);
      const { changes, states } = await inPages(store, sizes);
      const views = await viewsOf(store);
      const said = new Map([...views].filter(([placementId, view]) => isSaid(view) || changes.some(({ key }) => key === placementId)));
      expect(lastOf(states)).toEqual(said);
      expect(new Map([...lastOf(changes)].map(([key, data]) => [key, withoutChanged(data)]))).toEqual(said);
      expect((await inPages(store, [1])).changes).toEqual(changes);
      expect(new Set(changes.map(({ attributes }) => attributes['id'])).size).toBe(changes.length);
      await store.close();
    }),
    { numRuns: 60 },
  );
});

test('nothing is published that could tell of a disability, a person, or who said what', async () => {
  const allowed = new Set(['placementId', 'employer', 'hoursPerWeek', 'employments', 'firstDay', 'plannedEnd', 'lastDay', 'changed']);
  await fc.assert(
    fc.asyncProperty(randomLogs, async (log) => {
      const store = await storeOf(log);
      const persons = new Set(log.flatMap(({ event }) => (event.type === 'PlacementRegistered' ? [event.data.candidateId] : [])));
      const { changes, states } = await inPages(store, [50]);
      for (const { attributes, data } of [...changes, ...states]) {
        const text = JSON.stringify([attributes, data]);
        expect(namesIn(data).filter((name) => !allowed.has(name))).toEqual([]);
        expect([...persons].filter((person) => text.includes(person))).toEqual([]);
        expect(log.filter(({ event }) => text.includes(event.type) || text.includes(event.messageId))).toEqual([]);
      }
      await store.close();
    }),
    { numRuns: 60 },
  );
});

function namesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}

describeWithKafka('placements to Kafka', (broker) => {
  let [database, store, kafka]: [TestDatabase, EventStore, Kafka] = [null as never, null as never, null as never];
  let options: Omit<PublisherOptions, 'signal'>;
  let stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const start = (): void => {
    stop = new AbortController();
    running = runPublisher({ ...options, signal: stop.signal });
  };
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  beforeEach(async () => {
    database = await createTestDatabase();
    store = await openEventStore({ databaseUrl: database.url, eventStoreDb: null });
    const settings = { brokers: [broker().broker], clientId: 'test', tls: false, sasl: null };
    kafka = openKafka(settings);
    options = {
      ...{ kafka: settings, databaseUrl: database.url, eventStoreDb: null, ownSource: OWN_SOURCE, logLevel: 'fatal', partitions: 3 },
      ...{ placementsTopic: uniqueName('placements'), stateTopic: uniqueName('placement-state') },
    };
  });
  afterEach(async () => {
    await end();
    await Promise.all([store.close(), kafka.close()]);
    await database.drop();
  });

  const statesNow = async (): Promise<ReadonlyMap<string, object>> => {
    const messages = await allOf(kafka, options.stateTopic);
    return new Map(messages.filter(({ value }) => value !== null).map(({ key, value }) => [key?.toString() ?? '', JSON.parse(value?.toString() ?? '') as object]));
  };
  const published = async (): Promise<void> => {
    const views = new Map([...(await viewsOf(store))].filter(([, view]) => isSaid(view)));
    await until(async () => {
      if ((await kafka.partitionsOf(options.stateTopic)) === null) return false;
      const said = new Map([...(await statesNow())].filter(([, view]) => isSaid(view)));
      return JSON.stringify([...said].sort()) === JSON.stringify([...views].sort());
    });
  };

  test('what was recorded before it started, and after, is published; stopped and started again, nothing is missing', async () => {
    const log = someLog();
    await appendTo(store, log.slice(0, 20));
    start();
    await published();
    await end();
    await appendTo(store, log.slice(20, 30));
    start();
    await appendTo(store, log.slice(30));
    await published();
    const messages = await allOf(kafka, options.placementsTopic);
    expect(new Set(messages.map(idOf)).size).toBe(messages.length);
    expect(messages.map(({ partition, key }) => `${partition} ${key?.toString()}`).filter((one, at, all) => all.indexOf(one) === at).length).toBe(new Set(messages.map(({ key }) => key?.toString())).size);
    expect(inOrderOfSequence(messages)).toBe(true);
  });

  test('a message is a CloudEvent after the NL GOV profile, in binary mode', async () => {
    await appendTo(store, someLog());
    start();
    await published();
    const [message] = await allOf(kafka, options.placementsTopic);
    const sequence = Number(headersOf(message)['ce_sequence']);
    const [event] = (await eventsOf(store)).filter(({ stream, revision }) => stream === `placement-${message?.key?.toString()}` && revision === sequence);
    expect(headersOf(message)).toEqual({
      ...{ 'content-type': 'application/json', ce_specversion: '1.0', ce_type: PLACEMENT_CHANGED_TYPE, ce_source: OWN_SOURCE, ce_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5/) as string, ce_time: event?.recordedAt },
      ...{ ce_subject: message?.key?.toString(), ce_sequence: String(event?.revision).padStart(10, '0') },
    });
    const [state] = await allOf(kafka, options.stateTopic);
    expect(headersOf(state)['ce_type']).toBe(PLACEMENT_STATE_TYPE);
  });

  test('of a placement that is forgotten, a tombstone ends what its key held', async () => {
    await appendTo(store, someLog());
    start();
    await published();
    await end();
    const [placementId = ''] = [...(await statesNow()).keys()];
    const sender = await kafka.openSender();
    await sender.send(options.stateTopic, [placementForgotten(placementId)]);
    await sender.close();
    const last = (await allOf(kafka, options.stateTopic)).filter(({ key }) => key?.toString() === placementId).at(-1);
    expect(last?.value).toBeNull();
    // It went where the placement's states are: the key decides.
    expect(new Set((await allOf(kafka, options.stateTopic)).filter(({ key }) => key?.toString() === placementId).map(({ partition }) => partition)).size).toBe(1);
  });
});

const headersOf = (message: ReceivedMessage | undefined) => Object.fromEntries((message?.headers ?? []).map(([name, value]) => [name, value.toString()]));
const idOf = (message: ReceivedMessage): string => headersOf(message)['ce_id'] ?? '';

function inOrderOfSequence(messages: readonly ReceivedMessage[]): boolean {
  const last = new Map<string, string>();
  return messages.every((message) => {
    const [key, sequence] = [message.key?.toString() ?? '', headersOf(message)['ce_sequence'] ?? ''];
    const follows = sequence > (last.get(key) ?? '');
    last.set(key, sequence);
    return follows;
  });
}
