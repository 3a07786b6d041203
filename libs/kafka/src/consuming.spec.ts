import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltKafka, describeWithKafka, uniqueName } from '@bestendig/testing';
import { Kafka as KafkaJs, logLevel, type IHeaders } from 'kafkajs';
import { SESSION_MS } from './kafkajs-heartbeat';
import { openKafka } from './kafkajs-kafka';
import { numbers, Trial, until, type Consuming } from './testing/trial';

jest.setTimeout(120_000);

describeWithKafka('consuming from Kafka', (kafka) => {
  let trial: Trial;
  let group: string;
  beforeEach(async () => {
    group = uniqueName('group');
    trial = await Trial.open(openKafka, kafka().broker, { name: uniqueName('consuming'), partitions: 3 });
  });
  afterEach(() => trial.close());

  const sendNumbers = (count: number, from = 0) =>
    trial.send(...numbers(count, from).map((value) => ({ key: `key-${Number(value) % 17}`, value })));

  test('a new group has all from the beginning, each key in its order, in pieces no larger than asked', async () => {
    const pieces: number[] = [];
    await sendNumbers(500);
    const consumer = trial.consume(group, {
      partitionsAtOnce: 3,
      handle: async ({ length }) => void pieces.push(length),
    });
    await sendNumbers(500, 500);
    await trial.handledBy(group);
    expect(Math.max(...pieces)).toBeLessThanOrEqual(10);
    expect([...consumer.values()].sort((a, b) => Number(a) - Number(b))).toEqual(numbers(1_000));
    for (const key of numbers(17).map((n) => `key-${n}`)) {
      const ofKey = consumer.handled
        .filter((message) => message.key?.toString() === key)
        .map(({ value }) => Number(value));
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
    }
    expect(consumer.assigned).toEqual([[0, 1, 2]]);
  });

  test('the next of a group goes on where the one before had handled', async () => {
    await sendNumbers(100);
    const first = trial.consume(group);
    await trial.handledBy(group);
    await first.stop();
    await sendNumbers(50, 100);
    const second = trial.consume(group);
    await trial.handledBy(group);
    expect(second.handled).toHaveLength(50);
  });

  test('a defect in the reading itself is told as one, by its name, and the messages come all the same', async () => {
    const { prototype } = jest.requireActual<{ prototype: { readVarIntBytes(): Buffer } }>(
      'kafkajs/src/protocol/decoder.js',
    );
    const broken = jest.spyOn(prototype, 'readVarIntBytes').mockImplementationOnce(() => {
      throw new TypeError('what was sent');
    });
    await sendNumbers(10);
    const consumer = trial.consume(group);
    await trial.handledBy(group);
    broken.mockRestore();
    expect(consumer.failures).toEqual([expect.objectContaining({ code: 'failed' })]);
    expect(String(consumer.failures[0])).toMatch(/defect.*: TypeError\.$/);
    expect(consumer.handled).toHaveLength(10);
  });

  test('nothing is committed before it is handled', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await trial.send(...numbers(25).map((value) => ({ key: null, value, partition: 0 })));
    let calls = 0;
    trial.consume(group, { handle: () => ((calls += 1) === 2 ? held : Promise.resolve()) });
    await until(() => calls === 2);
    await sleep(500);
    expect((await trial.kafka.lag(group, trial.topic)).get(0)).toBe(15);
    release();
    await trial.handledBy(group);
  });

  test('what fails comes again, from its first message on; other partitions go on meanwhile', async () => {
    const seen: string[] = [];
    let isBroken = true;
    const consumer = trial.consume(group, {
      handle: async (messages) => {
        if (messages[0]?.partition === 0) seen.push(messages.map(({ offset }) => offset).join());
        if (isBroken && messages.some(({ partition, offset }) => partition === 0 && offset === '12'))
          throw new Error('broken');
      },
    });
    await trial.send(...numbers(20).map((value) => ({ key: null, value, partition: 0 })));
    await until(() => consumer.failures.length >= 2);
    await trial.send(...numbers(20).map((value) => ({ key: null, value, partition: 1 })));
    await until(() => consumer.handled.filter(({ partition }) => partition === 1).length === 20);
    isBroken = false;
    await trial.handledBy(group);
    expect(consumer.handled.filter(({ partition }) => partition === 0).map(({ offset }) => offset)).toEqual(
      numbers(20),
    );
    expect(new Set(seen.slice(1)).size).toBe(1);
    expect(consumer.assigned).toHaveLength(1);
  });

  test('a handling that takes longer than a session keeps its partitions', async () => {
    await sendNumbers(30);
    const slow = trial.consume(group, { batchMessages: 1_000, handle: () => sleep(SESSION_MS + 3_000) });
    await until(() => slow.assigned.length > 0);
    const other = trial.consume(`${group}-other`);
    await trial.handledBy(`${group}-other`);
    expect(other.handled).toHaveLength(30);
    await until(() => slow.handled.length > 0);
    expect(slow.assigned).toHaveLength(1);
  });

  test('a stop ends what waits at once, and what heeds its signal soon', async () => {
    await sendNumbers(10);
    let isBusy = false;
    const consumer = trial.consume(group, {
      handle: async (_, lost) => {
        isBusy = true;
        await sleep(600_000, undefined, { signal: lost });
      },
    });
    const idle = trial.consume(`${group}-idle`);
    await until(() => isBusy);
    await trial.handledBy(`${group}-idle`);
    const begun = performance.now();
    await Promise.all([consumer.stop(), idle.stop()]);
    expect(performance.now() - begun).toBeLessThan(5_000);
    const next = trial.consume(group);
    await until(() => next.handled.length === 10);
  });

  test('what is handled to its end after the stop is committed, and nothing after it is begun', async () => {
    await trial.send(...numbers(25).map((value) => ({ key: null, value, partition: 0 })));
    let calls = 0;
    const first = trial.consume(group, { handle: () => ((calls += 1) === 2 ? sleep(1_000) : Promise.resolve()) });
    await until(() => calls === 2);
    await first.stop();
    expect(first.handled).toHaveLength(20);
    const second = trial.consume(group);
    await trial.handledBy(group);
    expect(second.values()).toEqual(numbers(5, 20));
  });

  test('two consumers share the partitions under load; a third comes, the first goes: nothing is skipped', async () => {
    const slowly = { handle: () => sleep(2) };
    const started: Consuming[] = [];
    let sent = 0;
    let isEnough = false;
    const sending = (async () => {
      for (; !isEnough; sent += 50, await sleep(10)) await sendNumbers(50, sent);
    })();
    for (let n = 0; n < 3; n += 1) {
      const newest = trial.consume(group, slowly);
      started.push(newest);
      await until(() => newest.handled.length > 0);
    }
    await started[0]?.stop();
    const before = started.map(({ handled }) => handled.length);
    await until(() => started.slice(1).every(({ handled }, index) => handled.length > 100 + (before[index + 1] ?? 0)));
    isEnough = true;
    await sending;
    await trial.handledBy(group);
    expect(new Set(started.flatMap((one) => one.values())).size).toBe(sent);
  });

  test('a consumer that is killed: what it had not handled to the end comes to the next', async () => {
    await trial.send(...numbers(100).map((value) => ({ key: null, value, partition: 1 })));
    const built = BuiltKafka.build();
    try {
      const script = `
        const { broker, topic, group } = args;
        let pieces = 0;
        kafka.openKafka({ brokers: [broker], clientId: 'killed', tls: false, sasl: null }).consume({
          group, topic, batchMessages: 10, signal: new AbortController().signal,
          handle: (messages) => ((pieces += 1) > 4 ? (console.log('hangs'), new Promise(() => undefined)) : console.log(messages.length)),
        });`;
      const killed = built.run(script, { broker: kafka().broker, topic: trial.topic, group });
      expect((await killed.said(5)).slice(0, 5)).toEqual(['10', '10', '10', '10', 'hangs']);
      await killed.kill();
      const next = trial.consume(group);
      await trial.handledBy(group);
      expect(next.values()).toEqual(numbers(60, 40));
    } finally {
      await built.remove();
    }
  });

  test('a topic that is not there yet is waited for', async () => {
    const topic = uniqueName('later');
    const consumer = trial.consume(group, { topic });
    await until(() => consumer.failures.length > 0);
    expect(consumer.failures[0]).toMatchObject({ code: 'noTopic' });
    await trial.kafka.makeTopics([{ name: topic, partitions: 1 }]);
    await trial.sender.send(topic, [{ key: null, value: 'x' }]);
    await until(() => consumer.handled.length === 1);
  });

  test.each(['gzip', 'uncompressed'])('messages that the topic keeps by %s are read', async (type) => {
    const topic = uniqueName('compressed');
    await trial.kafka.makeTopics([{ name: topic, partitions: 1, config: { 'compression.type': type } }]);
    await trial.sender.send(topic, numbers(100).map((value) => ({ key: null, value }))); // prettier-ignore
    const consumer = trial.consume(group, { topic });
    await until(() => consumer.handled.length === 100);
  });

  test.each(['snappy', 'lz4', 'zstd'])('messages that are compressed by %s are told, with what helps', async (type) => {
    const topic = uniqueName('compressed');
    await trial.kafka.makeTopics([{ name: topic, partitions: 1, config: { 'compression.type': type } }]);
    await trial.sender.send(topic, numbers(100).map((value) => ({ key: null, value }))); // prettier-ignore
    const consumer = trial.consume(group, { topic });
    await until(() => consumer.failures.length > 0);
    expect(consumer.failures[0]).toMatchObject({
      code: 'compression',
      message: expect.stringContaining('compression.type') as string,
    });
  });

  test('a name that no topic can have is refused', async () => {
    await expect(trial.consume(group, { topic: 'not a name' }).ended).rejects.toMatchObject({ code: 'badSettings' });
  });

  test('no header stops it: names of prototypes, no value, many of one name', async () => {
    // As others send it, past our own sender.
    const producer = new KafkaJs({ brokers: [kafka().broker], logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    const named = Object.fromEntries(
      ['__proto__', 'toString', 'constructor', 'hasOwnProperty'].map((name) => [name, ['1', '2']]),
    ) as IHeaders;
    await producer.send({ topic: trial.topic, messages: [{ value: 'x', headers: named }, { value: 'y' }] });
    await producer.disconnect();
    const consumer = trial.consume(group);
    await until(() => consumer.handled.length === 2);
    const seen = consumer.handled
      .find(({ headers }) => headers.length > 0)
      ?.headers.map(([name, value]) => `${name}=${value.toString()}`);
    expect(seen).toEqual(
      ['__proto__', 'toString', 'constructor', 'hasOwnProperty'].flatMap((name) => [`${name}=1`, `${name}=2`]),
    );
  });
});
