import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithKafka, uniqueName } from '@bestendig/testing';
import type { LocalKafka } from '@bestendig/local-kafka';
import { openKafka } from './kafkajs-kafka';
import { KafkaError } from './port';
import { Trial, until, type Consuming } from './testing/trial';

jest.setTimeout(180_000);

describeWithKafka(
  'a Kafka that goes away',
  (kafka) => {
    let trial: Trial;
    let group: string;
    beforeEach(async () => {
      group = uniqueName('group');
      trial = await Trial.open(openKafka, kafka().broker, { name: uniqueName('outages'), partitions: 3 });
    });
    afterEach(() => trial.close());

    const broker = (): LocalKafka => {
      const { own } = kafka();
      if (own === null) throw new Error('not our own');
      return own;
    };

    test('killed under load and started again: what was acknowledged is there and is handled, each key in its order', async () => {
      const consumer = trial.consume(group, { partitionsAtOnce: 2, handle: () => sleep(5) });
      const load = new Load(trial);
      await until(() => consumer.handled.length > 200);
      await broker().kill();
      await sleep(2_000);
      await broker().start();
      const atStart = load.acknowledged.length;
      await until(() => load.acknowledged.length > atStart + 500, 120_000);
      await load.stop();
      await trial.handledBy(group);
      expect(load.acknowledged.filter((value) => !new Set(consumer.values()).has(value))).toEqual([]);
      expect(outOfOrder(consumer)).toEqual([]);
      expect(defectsIn(consumer)).toEqual([]);
    });

    test('frozen for longer than a session, and thawed: all goes on', async () => {
      const consumer = trial.consume(group);
      const load = new Load(trial);
      await until(() => consumer.handled.length > 100);
      broker().pause();
      await sleep(15_000);
      broker().resume();
      const atStart = load.acknowledged.length;
      await until(() => load.acknowledged.length > atStart + 500, 120_000);
      await load.stop();
      await trial.handledBy(group);
      expect(load.acknowledged.filter((value) => !new Set(consumer.values()).has(value))).toEqual([]);
      expect(outOfOrder(consumer)).toEqual([]);
      expect(defectsIn(consumer)).toEqual([]);
    });

    test('away: who sends is told, who asks is told, a consumer waits, and all can be stopped soon', async () => {
      const consumer = trial.consume(group);
      await until(() => consumer.assigned.length > 0);
      await broker().kill();
      try {
        await expect(trial.send({ key: 'k', value: 'x' })).rejects.toMatchObject({ code: 'unavailable' });
        await expect(trial.kafka.partitionsOf(trial.topic)).rejects.toMatchObject({ code: 'unavailable' });
        await until(() => consumer.failures.length > 0);
        expect(defectsIn(consumer)).toEqual([]);
        const begun = performance.now();
        const late = trial.consume(group);
        await Promise.all([consumer.stop(), sleep(500).then(() => late.stop())]);
        expect(performance.now() - begun).toBeLessThan(12_000);
      } finally {
        await broker().start();
      }
      expect(await trial.kafka.partitionsOf(trial.topic)).toBe(3);
      expect(await trial.send({ key: 'k', value: 'x' })).toHaveLength(1);
      const next = trial.consume(group);
      await until(() => next.handled.length === 1);
    });
  },
  { mustBeOwn: true },
);

/** Sends numbers, each again until it is acknowledged. */
class Load {
  readonly acknowledged: string[] = [];
  private isStopped = false;
  private readonly sending: Promise<void>;

  constructor(private readonly trial: Trial) {
    this.sending = this.send();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.sending;
  }

  private async send(): Promise<void> {
    for (let from = 0; !this.isStopped; from += 20) {
      const values = Array.from({ length: 20 }, (_, n) => String(from + n));
      while (!(await this.isSent(values))) await sleep(200);
      this.acknowledged.push(...values);
      await sleep(5);
    }
  }

  private isSent(values: readonly string[]): Promise<boolean> {
    return this.trial.send(...values.map((value) => ({ key: `key-${Number(value) % 7}`, value }))).then(
      () => true,
      () => false,
    );
  }
}

/** An outage is told as what it is. */
const defectsIn = ({ failures }: Consuming): readonly unknown[] =>
  failures.filter((failure) => !(failure instanceof KafkaError) || failure.code === 'failed');

/** Messages that came, the first time, after a later one of their key. */
function outOfOrder({ handled }: Consuming): readonly string[] {
  const reached = new Map<string, number>();
  const seen = new Set<string>();
  return handled.flatMap(({ key, value }) => {
    const [name, text] = [key?.toString() ?? '', value?.toString() ?? ''];
    if (seen.has(text)) return [];
    seen.add(text);
    const isLate = Number(text) < (reached.get(name) ?? -1);
    reached.set(name, Math.max(Number(text), reached.get(name) ?? -1));
    return isLate ? [text] : [];
  });
}
