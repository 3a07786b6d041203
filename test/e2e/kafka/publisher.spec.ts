import { placementForgotten, PLACEMENT_CHANGED_SCHEMA, PLACEMENT_CHANGED_TYPE, PLACEMENT_STATE_TYPE, PLACEMENT_VIEW_SCHEMA } from '@bestendig/integration-events';
import { readCloudEvent, type ReceivedMessage } from '@bestendig/kafka';
import { viewByTimeline, type ViewOf } from '@bestendig/publisher';
import { describeWithKafka } from '@bestendig/testing';
import { Client } from 'pg';
import { appendTo, someLog } from '../../read-models/random-logs';
import { manyPlacements } from './many-placements';
import { againstSchema } from './against-schema';
import { dataOf, eventsOf, headersOf, idOf, isSaid, keyOf, outOfOrder, saidOtherwise, viewsOf } from './published';
import { RunningPublisher } from './running-publisher';
import { OWN_SOURCE, until } from './running-ingest';
import { allOf } from './whole-topic';

jest.setTimeout(120_000);

describeWithKafka('placements to Kafka', (broker) => {
  let publisher: RunningPublisher;
  beforeEach(async () => {
    publisher = await RunningPublisher.make(broker().broker);
  });
  afterEach(() => publisher.close());

  test('what was recorded before it started, and after, is published; stopped and started again, nothing is missing', async () => {
    const log = someLog();
    await appendTo(publisher.store, log.slice(0, 20));
    const end = publisher.start();
    await publisher.published();
    await end();
    await appendTo(publisher.store, log.slice(20, 30));
    publisher.start();
    await appendTo(publisher.store, log.slice(30));
    await publisher.published();
    const messages = await publisher.changes();
    expect(new Set(messages.map(idOf)).size).toBe(messages.length);
    expect(new Set(messages.map((message) => `${message.partition} ${keyOf(message)}`)).size).toBe(new Set(messages.map(keyOf)).size);
    expect(outOfOrder(messages)).toEqual([]);
  });

  test('a message is a CloudEvent after the NL GOV profile, in binary mode, and says what its schema says', async () => {
    await appendTo(publisher.store, someLog());
    publisher.start();
    await publisher.published();
    const events = await eventsOf(publisher.store);
    for (const [type, schema, topic] of [[PLACEMENT_CHANGED_TYPE, PLACEMENT_CHANGED_SCHEMA, publisher.options.placementsTopic], [PLACEMENT_STATE_TYPE, PLACEMENT_VIEW_SCHEMA, publisher.options.stateTopic]] as const) { // prettier-ignore
      const messages = await allOf(publisher.kafka, topic);
      expect(messages.length).toBeGreaterThan(3);
      for (const message of messages) {
        const { ce_sequence: sequence, ...headers } = headersOf(message);
        const event = events.find(({ stream, revision }) => stream === `placement-${keyOf(message)}` && revision === Number(sequence));
        expect(headers).toEqual({
          ...{ 'content-type': 'application/json', ce_specversion: '1.0', ce_type: type, ce_source: OWN_SOURCE },
          ...{ ce_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5/) as string, ce_time: event?.recordedAt, ce_subject: keyOf(message) },
        });
        expect(sequence).toMatch(/^[0-9]{10}$/);
        expect(readCloudEvent(message)).toMatchObject({ ok: true, event: { type, data: dataOf(message) } });
        expect(againstSchema(schema, dataOf(message))).toEqual([]);
      }
    }
  });

  test('of a placement that is forgotten, a tombstone ends what its key held', async () => {
    await appendTo(publisher.store, someLog());
    const end = publisher.start();
    await publisher.published();
    await end();
    const [placementId = ''] = [...(await publisher.states()).keys()];
    const sender = await publisher.kafka.openSender();
    await sender.send(publisher.options.stateTopic, [placementForgotten(placementId)]);
    await sender.close();
    const ofPlacement = (await allOf(publisher.kafka, publisher.options.stateTopic)).filter((message) => keyOf(message) === placementId);
    expect(ofPlacement.at(-1)).toMatchObject({ value: null, headers: [] });
    // It went where the placement's states are: the key decides.
    expect(new Set(ofPlacement.map(({ partition }) => partition)).size).toBe(1);
    expect([...(await publisher.states()).keys()]).not.toContain(placementId);
  });

  test('of two, one publishes and the other takes over', async () => {
    const log = someLog();
    const end = publisher.start();
    await appendTo(publisher.store, log.slice(0, 20));
    await publisher.published();
    publisher.start();
    await end();
    await appendTo(publisher.store, log.slice(20));
    await publisher.published();
    const messages = await publisher.changes();
    expect(new Set(messages.map(idOf)).size).toBe(messages.length);
  });

  test('topics that were deleted are made, and all is published again under the same ids; so it is under other names', async () => {
    await appendTo(publisher.store, someLog());
    const end = publisher.start();
    await publisher.published();
    const before = await publisher.changes();
    await end();
    await deleteTopic(publisher, publisher.options.stateTopic);
    publisher.start();
    await publisher.published();
    const after = await publisher.changes();
    expect(after.length).toBe(2 * before.length);
    expect(saidOtherwise(after)).toEqual([]);
    expect(outOfOrder(after)).toEqual([]);
  });

  describe('a placement that cannot be read', () => {
    test('is left out while the others go on, and made up for, in order, by a program that can read it', async () => {
      const log = manyPlacements(3);
      const third = Math.floor(log.length / 3);
      await appendTo(publisher.store, log.slice(0, third));
      const [told, later] = [log.slice(third, 2 * third), log.slice(2 * third)];
      const [victim = '', ...others] = [...(await viewsOf(publisher.store))].flatMap(([placementId, view]) => (isSaid(view) ? [placementId] : []));
      expect(others.length).toBeGreaterThan(2);
      const known = (await publisher.store.readStream(`placement-${victim}`)).length;
      let errors = 0;
      const cannot: ViewOf = (placementId, events) => {
        if (placementId === victim && events.length > known - 1) throw new TypeError(`poison ${(errors += 1)}`);
        return viewByTimeline(placementId, events);
      };
      const end = publisher.start({ viewOf: cannot });
      await publisher.published(new Set([victim]));
      await appendTo(publisher.store, told);
      await publisher.published(new Set([victim]));
      await until(async () => (await leftOut(publisher)).length > 0);
      await end();
      expect(await leftOut(publisher)).toEqual([{ stream: `placement-${victim}`, revision: known - 1 }]);
      expect(errors).toBeGreaterThan(0);
      publisher.start();
      await publisher.published();
      await appendTo(publisher.store, later);
      await publisher.published();
      await until(async () => (await leftOut(publisher)).length === 0);
      const messages: readonly ReceivedMessage[] = await publisher.changes();
      expect(outOfOrder(messages)).toEqual([]);
      expect(new Set(messages.map(idOf)).size).toBe(messages.length);
    });
  });
});

async function leftOut({ database }: RunningPublisher): Promise<readonly object[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<object>('select stream, revision from publisher.left_out').finally(() => client.end());
  return rows;
}

/** Only a test does that, so the port cannot. */
async function deleteTopic({ options, kafka }: RunningPublisher, topic: string): Promise<void> {
  const { Kafka, logLevel } = await import('kafkajs');
  const admin = new Kafka({ brokers: [...options.kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
  await until(async () => (await kafka.partitionsOf(topic)) === null);
}
