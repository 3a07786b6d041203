import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalKafka } from '@bestendig/local-kafka';
import { describeWithKafka } from '@bestendig/testing';
import { manyPlacements } from '../e2e/kafka/many-placements';
import { headersOf, keyOf, outOfOrder, saidOtherwise } from '../e2e/kafka/published';
import { RunningPublisher } from '../e2e/kafka/running-publisher';
import { until } from '../e2e/kafka/running-ingest';
import { allOf } from '../e2e/kafka/whole-topic';
import { appendTo, type LoggedEvent } from '../read-models/random-logs';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
/** How often the broker goes away: KILLS, up to a handful. */
const TIMES = Math.min(6, Number(process.env['KILLS'] ?? 1));
/** A broker that is away keeps nobody longer from stopping. */
const STOP_MS_MAX = 5_000;

jest.setTimeout(180_000);

describeWithKafka(
  `the publisher, and a broker that goes away (seed ${SEED})`,
  (kafka) => {
    const own = (): LocalKafka => kafka().own ?? fail();
    let publisher: RunningPublisher;
    beforeEach(async () => {
      publisher = await RunningPublisher.make(kafka().broker);
    });
    afterEach(async () => {
      own().resume();
      await own().start();
      await publisher.close();
    });

    test.each<[string, () => Promise<void>]>([
      ['killed and started again', async () => { await own().kill(); await sleep(1_500); await own().start(); }],
      ['frozen for a while', async () => { own().pause(); await sleep(3_000); own().resume(); }],
    ])('%s, while facts are recorded: nothing is skipped, told otherwise or out of order', async (_, disturb) => {
      publisher.start();
      const [first = [], ...parts] = partsOf(manyPlacements(8, SEED), TIMES + 1);
      await appendTo(publisher.store, first);
      for (const part of parts) {
        await sleep(1_000);
        const disturbed = disturb();
        await appendTo(publisher.store, part);
        await disturbed;
      }
      await publisher.published();
      const messages = await publisher.changes();
      expect(outOfOrder(messages)).toEqual([]);
      expect(saidOtherwise(messages)).toEqual([]);
    }); // prettier-ignore

    test.each<[string, () => unknown]>([
      ['frozen', () => own().pause()],
      ...(TIMES === 1 ? [] : [['killed', () => own().kill()] as [string, () => unknown]]),
    ])('with the broker %s it stops at once, and goes on where it was', async (_, disturb) => {
      const [first = [], second = []] = partsOf(manyPlacements(4, SEED), 2);
      const end = publisher.start();
      await appendTo(publisher.store, first);
      await publisher.published();
      await disturb();
      await appendTo(publisher.store, second);
      await sleep(1_000);
      const began = performance.now();
      await end();
      expect(performance.now() - began).toBeLessThan(STOP_MS_MAX);
      own().resume();
      await own().start();
      publisher.start();
      await publisher.published();
      expect(outOfOrder(await publisher.changes())).toEqual([]);
    });

    test('compacted by the broker, the state topic still says of every placement how it is', async () => {
      // Ready for compaction at once: by its own settings the broker waits for hours.
      const config = { 'cleanup.policy': 'compact', 'segment.ms': '100', 'min.cleanable.dirty.ratio': '0.001', 'segment.bytes': '1048576' };
      await publisher.kafka.makeTopics([{ name: publisher.options.stateTopic, partitions: 1, config }]);
      publisher.start();
      // The newest segment is never compacted, so there have to be several.
      for (const part of partsOf(manyPlacements(8, SEED), 6)) {
        await appendTo(publisher.store, part);
        await publisher.published();
        await sleep(200);
      }
      const all = async () => allOf(publisher.kafka, publisher.options.stateTopic);
      await until(async () => {
        const messages = await all();
        return messages.length <= Number(messages.at(-1)?.offset ?? 0);
      }, 90_000);
      await publisher.published();
      for (const message of await all()) expect(headersOf(message)['ce_subject']).toBe(keyOf(message));
    });
  },
  { mustBeOwn: true },
);

function partsOf(log: readonly LoggedEvent[], parts: number): readonly (readonly LoggedEvent[])[] {
  const size = Math.ceil(log.length / parts);
  return Array.from({ length: parts }, (_, part) => log.slice(part * size, (part + 1) * size));
}

function fail(): never {
  throw new Error('These tests need a broker of their own.');
}
