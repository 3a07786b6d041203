import { messageOf, received, requestsOf } from './kafkajs-messages';

const MESSAGE = { offset: '7', key: null, value: null, timestamp: '1700000000000', attributes: 0 };

test('a header without a value reads as an empty one', () => {
  const headers = { none: [null as unknown as Buffer], twice: [Buffer.from('1'), Buffer.from('2')] };
  const { headers: seen, ...rest } = received('t', 3, { ...MESSAGE, headers });
  expect(seen.map(([name, value]) => [name, value.toString()])).toEqual([['none', ''], ['twice', '1'], ['twice', '2']]); // prettier-ignore
  expect(rest).toEqual({
    topic: 't',
    partition: 3,
    offset: '7',
    key: null,
    value: null,
    timestampMs: 1_700_000_000_000,
  });
});

test('headers are sent by name, whatever the name', () => {
  const { headers = {} } = messageOf({ key: null, value: null, headers: [['__proto__', 'a'], ['b', 'c'], ['__proto__', 'd']] }); // prettier-ignore
  expect(Object.keys(headers)).toEqual(['__proto__', 'b']);
  expect(Object.values(headers)).toEqual([['a', 'd'], ['c']]);
});

test('requests hold so many messages and bytes at most, in order, none left out', () => {
  const cut = (bytes: readonly number[]) => [...requestsOf(bytes.map((length) => ({ key: null, value: Buffer.alloc(length) })))].map((list) => list.length); // prettier-ignore
  expect(cut([])).toEqual([]);
  expect(cut(Array.from({ length: 1_001 }, () => 10))).toEqual([500, 500, 1]);
  expect(cut([200_000, 200_000, 200_000, 200_000])).toEqual([2, 2]);
  expect(cut([10, 5_000_000, 10])).toEqual([1, 1, 1]);
});
