import { describeWithKafka, uniqueName } from '@bestendig/testing';
import { openKafka } from './kafkajs-kafka';
import type { OutgoingMessage } from './port';
import { numbers, Trial } from './testing/trial';

jest.setTimeout(120_000);

describeWithKafka('sending to Kafka', (kafka) => {
  let trial: Trial;
  beforeEach(async () => {
    trial = await Trial.open(openKafka, kafka().broker, { name: uniqueName('sending'), partitions: 3 });
  });
  afterEach(() => trial.close());

  const sentAndRead = async (...messages: readonly OutgoingMessage[]) =>
    trial.kafka.read(trial.topic, await trial.send(...messages));

  test('messages stand where it says they stand, in the order given', async () => {
    const messages = numbers(2_500).map((value, n) => ({ key: `key-${n % 40}`, value }));
    const places = await trial.send(...messages);
    expect(places).toHaveLength(messages.length);
    const read = await trial.kafka.read(trial.topic, places);
    expect(read.map((message) => [message?.key?.toString(), message?.value?.toString()])).toEqual(
      messages.map(({ key, value }) => [key, value]),
    );
    for (const partition of new Set(places.map((place) => place.partition))) {
      const offsets = places.filter((place) => place.partition === partition).map(({ offset }) => offset);
      expect(offsets).toEqual(numbers(offsets.length));
    }
  });

  test('two that send at once do not come between each other', async () => {
    const lists = ['a', 'b', 'c'].map((name) => numbers(600).map((n) => ({ key: 'k', value: `${name}${n}` })));
    const places = await Promise.all(lists.map((list) => trial.send(...list)));
    for (const list of places)
      expect(list.map(({ offset }) => Number(offset))).toEqual(list.map((_, n) => Number(list[0]?.offset) + n));
  });

  test('a key goes where Java sends it', async () => {
    // Hashes that the tests of Java's client name for these keys.
    const hashes = {
      '21': -973932308,
      foobar: -790332482,
      'a-little-bit-long-string': -985981536,
      'a-little-bit-longer-string': -1486304829,
    };
    const places = await trial.send(...Object.keys(hashes).map((key) => ({ key, value: '' })));
    expect(places.map(({ partition }) => partition)).toEqual(
      Object.values(hashes).map((hash) => (hash & 0x7fffffff) % 3),
    );
  });

  test('a partition that is asked for is taken, also without a key', async () => {
    const places = await trial.send(...[2, 0, 2].map((partition) => ({ key: null, value: 'x', partition })));
    expect(places).toEqual([{ partition: 2, offset: '0' }, { partition: 0, offset: '0' }, { partition: 2, offset: '1' }]); // prettier-ignore
  });

  test('a partition that is not there is told, and nothing is sent', async () => {
    await expect(trial.send({ key: null, value: 'a', partition: 0 }, { key: null, value: 'b', partition: 7 })).rejects.toMatchObject({ code: 'noTopic' }); // prettier-ignore
    expect(await trial.send({ key: null, value: 'c', partition: 0 })).toEqual([{ partition: 0, offset: '0' }]);
  });

  test('keys, values and headers arrive byte by byte: none, empty, many of one name, names of prototypes', async () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    const headers = [['a', bytes], ['a', ''], ['é', 'é'], ['__proto__', 'p'], ['toString', 't'], ['constructor', 'c'], ['a', 'third']] as const; // prettier-ignore
    const [first, tombstone, empty] = await sentAndRead(
      { key: bytes, value: bytes, headers },
      { key: 'k', value: null },
      { key: '', value: '' },
    );
    expect([first?.key, first?.value]).toEqual([bytes, bytes]);
    const byName = (list: readonly (readonly [string, Buffer | string])[]) =>
      ['a', 'é', '__proto__', 'toString', 'constructor'].map((name) =>
        list.filter(([one]) => one === name).map(([, value]) => Buffer.from(value)),
      );
    expect(byName(first?.headers ?? [])).toEqual(byName(headers));
    expect(first?.headers).toHaveLength(headers.length);
    expect([tombstone?.value, empty?.key, empty?.value]).toEqual([null, Buffer.alloc(0), Buffer.alloc(0)]);
    expect(Math.abs(Date.now() - (first?.timestampMs ?? 0))).toBeLessThan(60_000);
  });

  test('a message over the limit is told, and those after it go', async () => {
    await expect(trial.send({ key: 'k', value: 'x'.repeat(2_000_000) })).rejects.toMatchObject({ code: 'tooLarge' });
    expect(await trial.send({ key: 'k', value: 'small' })).toHaveLength(1);
  });

  test('many that are large together go in several requests', async () => {
    const places = await trial.send(...numbers(40).map((n) => ({ key: 'k', value: n.padEnd(100_000, 'x') })));
    expect(places.map(({ offset }) => offset)).toEqual(numbers(40));
  });

  test('a topic that is not there is told, and a sender goes on after it', async () => {
    await expect(trial.sender.send(uniqueName('nowhere'), [{ key: null, value: 'x' }])).rejects.toMatchObject({
      code: 'noTopic',
    });
    await expect(trial.kafka.read(uniqueName('nowhere'), [{ partition: 0, offset: '0' }])).rejects.toMatchObject({
      code: 'noTopic',
    });
    expect(await trial.send({ key: 'k', value: 'x' })).toHaveLength(1);
    expect(await trial.send()).toEqual([]);
  });

  test('what is read at places that are not there is null', async () => {
    const [place = { partition: 0, offset: '0' }] = await trial.send({ key: 'k', value: 'x' });
    const elsewhere = [{ partition: 9, offset: '0' }, { ...place, offset: '5' }]; // prettier-ignore
    const [none, later, there, again] = await trial.kafka.read(trial.topic, [...elsewhere, place, place]);
    expect([none, later]).toEqual([null, null]);
    expect([there?.value?.toString(), again?.value?.toString()]).toEqual(['x', 'x']);
  });

  test('topics are made once, and left as they are', async () => {
    const name = uniqueName('made');
    expect(await trial.kafka.partitionsOf(name)).toBeNull();
    await Promise.all(
      [1, 2, 3].map(() => trial.kafka.makeTopics([{ name, partitions: 2, config: { 'cleanup.policy': 'compact' } }])),
    );
    await trial.kafka.makeTopics([{ name, partitions: 7 }]);
    expect(await trial.kafka.partitionsOf(name)).toBe(2);
  });

  test('nobody at the address is told', async () => {
    const nobody = openKafka({ brokers: ['127.0.0.1:1'], clientId: 'trial', tls: false, sasl: null });
    await expect(nobody.partitionsOf('any')).rejects.toMatchObject({ code: 'unavailable' });
    await nobody.close();
  });
});
