import fc from 'fast-check';
import { readCloudEvent, UNREADABLE, writeCloudEvent, type ReadEvent } from './cloud-events';
import type { Header, OutgoingMessage } from './port';

const header = (name: string, value: string | Buffer): Header => [name, Buffer.from(value)];
const JSON_TYPE = header('content-type', 'application/json');
const STRUCTURED_TYPE = header('content-type', 'application/cloudevents+json');
const read = (value: string | Buffer | null, ...headers: Header[]): ReadEvent =>
  readCloudEvent({ value: value === null ? null : Buffer.from(value), headers });
const event = (value: unknown): ReadEvent => ({ ok: true, event: value as Record<string, unknown> });

/** As it arrives: names and values as bytes. */
const arrived = ({ value, headers = [] }: OutgoingMessage): Parameters<typeof readCloudEvent>[0] => ({
  value: value === null ? null : Buffer.from(value),
  headers: headers.map(([name, text]) => header(name, text)),
});

const attributeName = fc.stringMatching(/^[a-z0-9]{1,20}$/).filter((name) => name !== 'data');
const attributes = fc.dictionary(attributeName, fc.string({ unit: 'grapheme' }));
const data = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue());

describe('what is written is read again', () => {
  test('attributes and data, whatever they hold', () => {
    fc.assert(
      fc.property(attributes, data, (named, told) => {
        const written = writeCloudEvent({ key: 'k', attributes: named, data: told });
        const expected = { specversion: '1.0', ...named, data: JSON.parse(JSON.stringify(told)) as unknown };
        expect(readCloudEvent(arrived(written))).toEqual(event(expected));
      }),
    );
  });

  test('and in structured mode as well', () => {
    fc.assert(
      fc.property(attributes, data, (named, told) => {
        const whole = JSON.stringify({ ...named, data: told });
        expect(read(whole, STRUCTURED_TYPE)).toEqual(event(JSON.parse(whole)));
      }),
    );
  });

  test('key and partition are handed on as they are', () => {
    expect(writeCloudEvent({ key: 'E-1', attributes: { id: '1' }, data: { a: 1 }, partition: 2 })).toEqual({
      ...{ key: 'E-1', value: '{"a":1}', partition: 2 },
      headers: [['content-type', 'application/json'], ['ce_specversion', '1.0'], ['ce_id', '1']], // prettier-ignore
    });
    expect(writeCloudEvent({ key: null, attributes: {}, data: {} })).not.toHaveProperty('partition');
  });
});

describe('what counts as an event', () => {
  test.each<[string, ReadEvent, unknown]>([
    ['binary', read('{"a":1}', JSON_TYPE, header('ce_id', '1')), { id: '1', data: { a: 1 } }],
    ['binary without a content type', read('{"a":1}', header('ce_id', '1')), { id: '1', data: { a: 1 } }],
    ['binary with a charset', read('{}', header('Content-Type', 'Application/JSON; charset=utf-8'), header('ce_id', 'é')), { id: 'é', data: {} }],
    ['binary with a format on JSON', read('[1]', header('content-type', 'application/hal+json'), header('ce_id', '1')), { id: '1', data: [1] }],
    ['binary with attributes of one\'s own', read('{}', header('ce_id', '1'), header('ce_traceparent', '00-1')), { id: '1', traceparent: '00-1', data: {} }],
    ['binary with headers that are none of ours', read('{}', header('ce_id', '1'), header('__proto__', 'x'), header('spring', 'y')), { id: '1', data: {} }],
    ['structured', read('{"id":"1"}', STRUCTURED_TYPE), { id: '1' }],
    ['structured with a charset', read('{"id":"1"}', header('content-type', 'application/cloudevents+json;charset=UTF-8')), { id: '1' }],
    ['structured: attributes in headers do not count', read('{"id":"1"}', STRUCTURED_TYPE, header('ce_id', '2')), { id: '1' }],
    ['structured without any header', read('{"id":"1"}'), { id: '1' }],
    ['structured as plain JSON', read('{"id":"1"}', JSON_TYPE), { id: '1' }],
    ['structured with a byte order mark', read('\uFEFF{"id":"1"}'), { id: '1' }],
  ])('%s', (_, seen, expected) => {
    expect(seen).toEqual(event(expected));
  }); // prettier-ignore

  test('names of prototypes are names like any other', () => {
    const seen = [
      read('{"__proto__":{"a":1},"constructor":1}', STRUCTURED_TYPE),
      read('{"__proto__":{"a":1}}', header('ce___proto__', 'x'), header('ce_constructor', 'y')),
    ];
    for (const one of seen) {
      if (!one.ok) throw new Error(one.code);
      expect(Object.getPrototypeOf(one.event)).toBe(Object.prototype);
      expect(Object.keys(one.event).sort().slice(0, 2)).toEqual(['__proto__', 'constructor']);
    }
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });
});

describe('what cannot be read has a code', () => {
  const ID = header('ce_id', '1');
  const latin1 = Buffer.from('{"a":"é"}', 'latin1');
  test.each<[string, ReadEvent, (typeof UNREADABLE)[number]]>([
    ['a tombstone', read(null, ID), 'noValue'],
    ['an empty value', read('', JSON_TYPE, ID), 'noValue'],
    ['a tombstone in structured mode', read(null, STRUCTURED_TYPE), 'noValue'],
    ['a value in Latin-1', read(latin1, ID), 'notUtf8'],
    ['an event in Latin-1', read(latin1, STRUCTURED_TYPE), 'notUtf8'],
    ['an attribute in Latin-1', read('{}', header('ce_id', Buffer.from([0xe9]))), 'notUtf8'],
    ['half a surrogate pair', read(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), ID), 'notUtf8'],
    ['a value that breaks off', read('{"a":', ID), 'notJson'],
    ['two values', read('{}{}', ID), 'notJson'],
    ['NaN', read('NaN', ID), 'notJson'],
    ['a name twice', read('{"a":1,"b":{"c":1,"c":2}}', ID), 'nameTwice'],
    ['a name twice, once escaped', read('{"a":1,"\\u0061":2}', STRUCTURED_TYPE), 'nameTwice'],
    ['an attribute twice', read('{}', ID, ID), 'headerTwice'],
    ['an attribute in two spellings', read('{}', ID, header('CE_ID', '2')), 'headerTwice'],
    ['two content types', read('{}', JSON_TYPE, header('Content-Type', 'text/plain'), ID), 'headerTwice'],
    ['Avro', read('{}', header('content-type', 'application/avro'), ID), 'contentType'],
    ['text without attributes', read('{}', header('content-type', 'text/plain')), 'contentType'],
    ['an event in another format', read('{}', header('content-type', 'application/cloudevents+avro')), 'contentType'],
    ['a batch', read('[]', header('content-type', 'application/cloudevents-batch+json')), 'batch'],
    ['a list as event', read('[{"id":"1"}]'), 'noCloudEvent'],
    ['a text as event', read('"event"', STRUCTURED_TYPE), 'noCloudEvent'],
    ['null as event', read('null', STRUCTURED_TYPE), 'noCloudEvent'],
  ])('%s', (_, seen, code) => {
    expect(seen).toEqual({ ok: false, code });
  }); // prettier-ignore
});

test('no bytes make it throw, and no colon or quote in a text is taken for a name', () => {
  const anyHeader = fc.tuple(
    fc.oneof(fc.constantFrom('ce_id', 'ce_', 'content-type', '__proto__', 'toString'), fc.string()),
    fc.oneof(fc.uint8Array().map((bytes) => Buffer.from(bytes)), fc.constantFrom('application/json', 'application/cloudevents+json', ';').map((text) => Buffer.from(text))), // prettier-ignore
  );
  fc.assert(
    fc.property(
      fc.option(fc.uint8Array({ maxLength: 64 })),
      fc.array(anyHeader, { maxLength: 4 }),
      (bytes, headers) => {
        const seen = readCloudEvent({ value: bytes === null ? null : Buffer.from(bytes), headers });
        if (!seen.ok) expect(UNREADABLE).toContain(seen.code);
      },
    ),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify({ value, 'a":"b\\': ':"' }, null, indent);
      expect(read(text, STRUCTURED_TYPE)).toEqual(event(JSON.parse(text)));
    }),
  );
});

test('a value nested very deep is read or refused, and does not end the process', () => {
  const depth = 100_000;
  const seen = read('['.repeat(depth) + ']'.repeat(depth), header('ce_id', '1'));
  expect(seen.ok || seen.code === 'notJson').toBe(true);
});
