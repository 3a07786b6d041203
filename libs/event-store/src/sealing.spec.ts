import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson, sha256Hex } from './canonical';
import { instantOf, isInstant, microsOf } from './instants';
import { createMemoryEventStore } from './memory-store';
import type { EventMeta, NewEvent, StreamWrite } from './port';
import { readToEnd } from './testing/kit';
import { prepareEvent, seal } from './sealing';

const uuid = fc.uuid({ version: 4 });
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const textOrNull = fc.option(text, { nil: null });
const micros = fc.bigInt({ min: microsOf('0001-01-01T00:00:00.000000Z'), max: microsOf('9999-12-31T23:59:59.999999Z') });
const meta: fc.Arbitrary<EventMeta> = fc.record({
  reportedAt: fc.option(micros.map(instantOf), { nil: null }),
  actor: text,
  onBehalfOf: textOrNull,
  organisation: text,
  source: textOrNull,
  messageId: text,
  messageDigest: text,
  origin: text,
  correlationId: text,
  causationId: textOrNull,
  keyId: textOrNull,
});
const data = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.jsonValue({ stringUnit: 'grapheme' }), { maxKeys: 5 });
const newEvent: fc.Arbitrary<NewEvent> = fc.record({ id: uuid, type: fc.constantFrom('ContractSigned', 'StageEnded'), schemaVersion: fc.integer({ min: 1, max: 9 }), data, meta });

test('the canonical text is what a reference implementation of RFC 8785 gives', () => {
  fc.assert(fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => expect(canonicalJson(value)).toBe(canonicalize(value))), { numRuns: 200 });
});

test("RFC 8785's own example", () => {
  const input = {
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(input)).toBe('{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}');
  const keys = { '\u20ac': 5, '\r': 1, '\ufb33': 7, '1': 2, '\ud83d\ude00': 6, '\u0080': 3, '\u00f6': 4 };
  expect([...canonicalJson(keys).matchAll(/:(\d)/g)].map((match) => match[1]).join('')).toBe('1234567');
});

test('undefined properties are left out, and the order of keys does not matter', () => {
  expect(canonicalJson({ b: undefined, c: [{ z: 1, a: 2 }], a: -0 })).toBe('{"a":0,"c":[{"a":2,"z":1}]}');
});

test('the text made in parts is the canonical text of envelope and body, and the hash is over it', () => {
  const place = fc.record({ revision: fc.nat(), recordedAt: micros.map(instantOf), asReported: fc.boolean(), previousHash: fc.option(text.map(sha256Hex), { nil: null }) });
  fc.assert(
    fc.property(newEvent, place, ({ id, type, schemaVersion, data: body, meta: given }, at) => {
      const stream = `placement-${id}`;
      const { canonical, hash } = seal(prepareEvent(stream, { id, type, schemaVersion, data: body, meta: given }), at);
      expect(canonical).toBe(canonicalJson({ body, envelope: { ...given, ...at, id, type, schemaVersion, stream } }));
      expect(hash).toBe(sha256Hex(canonical));
      expect(canonical).not.toContain('\n');
    }),
    { numRuns: 200 },
  );
});

test('an instant is its microseconds, in order', () => {
  fc.assert(
    fc.property(micros, micros, (a, b) => {
      expect(microsOf(instantOf(a))).toBe(a);
      expect(instantOf(a) < instantOf(b)).toBe(a < b);
    }),
    { numRuns: 200 },
  );
  expect(instantOf(-1n)).toBe('1969-12-31T23:59:59.999999Z');
});

test('an instant is exact text of a day that exists', () => {
  for (const right of ['2024-02-29T23:59:59.999999Z', '2000-02-29T00:00:00.000000Z', '2023-12-31T00:00:00.000000Z']) expect(isInstant(right)).toBe(true);
  const wrong = ['2023-02-29', '1900-02-29', '2024-04-31', '2024-13-01', '2024-00-10', '2024-01-00', '2024-01-32'].map((day) => `${day}T00:00:00.000000Z`);
  for (const text of [...wrong, '2024-01-01T24:00:00.000000Z', '2024-01-01T00:60:00.000000Z', '2024-01-01T00:00:60.000000Z', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000000+01:00']) expect(isInstant(text)).toBe(false); // prettier-ignore
});

test('what is sent again, in any order and grouping, adds nothing', async () => {
  const writes: fc.Arbitrary<StreamWrite[]> = fc.array(
    fc.record({ stream: fc.constantFrom('placement-a', 'placement-b', 'link-c'), expected: fc.constant('ANY' as const), events: fc.array(newEvent, { minLength: 1, maxLength: 3 }) }),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(writes, fc.func(fc.nat()), async (sent, order) => {
      const store = createMemoryEventStore();
      await store.append(sent);
      const before = await readToEnd(store);
      for (const write of [...sent].sort((a, b) => order(a) - order(b))) expect(await store.append([write])).toMatchObject([{ outcome: 'alreadyThere' }]);
      expect((await store.append(sent)).every((result) => result.outcome === 'alreadyThere')).toBe(true);
      expect(await readToEnd(store)).toEqual(before);
    }),
    { numRuns: 50 },
  );
});
