import { createRequire } from 'node:module';
import './kafkajs-headers';

const kafkajs = createRequire(__filename);
type Bytes = { readonly buffer: Buffer };
const encode = kafkajs('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Bytes;
const decode = kafkajs('kafkajs/src/protocol/recordBatch/record/v0/decoder') as (
  decoder: object,
  batch: object,
) => { readonly headers: Readonly<Record<string, unknown>> };
const Decoder = kafkajs('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => { readVarInt(): number };

function headersThrough(headers: Readonly<Record<string, readonly string[]>>): readonly (readonly [string, unknown])[] {
  const decoder = new Decoder(encode({ key: null, value: null, headers }).buffer);
  // The length of what follows.
  decoder.readVarInt();
  return Object.entries(decode(decoder, { firstOffset: '0', firstTimestamp: '0' }).headers);
}

test('headers are gathered by name, whatever the name', () => {
  const sent = Object.fromEntries([['a', ['1']], ['__proto__', ['x', 'y']], ['toString', ['z']], ['b', []], ['c', ['']]]); // prettier-ignore
  expect(headersThrough(sent)).toEqual([['a', [Buffer.from('1')]], ['__proto__', [Buffer.from('x'), Buffer.from('y')]], ['toString', [Buffer.from('z')]], ['c', [Buffer.alloc(0)]]]); // prettier-ignore
});

// Without the one pass this takes hours.
test('a hundred thousand headers hold nobody up', () => {
  const sent = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`h${n}`, ['x']]));
  expect(headersThrough(sent)).toHaveLength(100_000);
  const [same] = headersThrough({ same: Array.from({ length: 100_000 }, () => 'x') });
  expect(same?.[1]).toHaveLength(100_000);
});
