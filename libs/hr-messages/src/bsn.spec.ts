import fc from 'fast-check';
import { randomInt, randomUUID } from 'node:crypto';
import { EXAMPLES, mayHoldBsn, validateMessage } from '.';
import { passesElevenTest } from './bsn';

const options = { origin: 'http:test#0', door: 'http', digestKey: Buffer.alloc(32, 7) } as const;

/** Nine digits that pass the eleven test: eight free ones and the last as the weights ask. */
const bsns = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 })
  .map((digits) => [...digits, digits.reduce((sum, digit, i) => sum + (9 - i) * digit, 0) % 11])
  .filter((digits) => (digits[8] ?? 10) < 10)
  .map((digits) => digits.join(''));

/** How people write it: in one piece, or in groups. A single dot near the end could as well be a decimal point. */
const GROUPINGS = [[9], [3, 3, 3], [4, 2, 3], [2, 2, 2, 3], [1, 2, 3, 3], [2, 3, 4], [1, 1, 1, 1, 1, 1, 1, 1, 1], [4, 5], [5, 4]] as const;
const written = fc.tuple(bsns, fc.constantFrom(...GROUPINGS), fc.constantFrom('.', ' ', '\u00a0', '. ')).map(([bsn, sizes, separator]) => {
  let at = 0;
  return sizes.map((size) => bsn.slice(at, (at += size))).join(separator);
});
const beside = fc.constantFrom('', ' ', '-', '_', ':', '/', 'bsn=', 'x ', '(', '{', ',', '2023-03-01 ', 'nr. 7, ');
const after = fc.constantFrom('', ' ', '-', '_', ':', '/', '.', ')', '}', ', 12', ' x', '-2023');

type Place = (message: Record<string, unknown>, text: string) => void;
const dataOf = (message: Record<string, unknown>) => message['data'] as Record<string, unknown>;
const PLACES: readonly Place[] = [
  (message, text) => (message['id'] = text),
  (message, text) => (message['source'] = text),
  (message, text) => (message[text] = 1),
  (message, text) => (dataOf(message)['employment'] = text),
  (message, text) => (dataOf(message)['effectiveDate'] = text),
  (message, text) => (dataOf(message)[text] = 'x'),
  (message, text) => (dataOf(message)['employer'] = `rsin:${text} `),
  (message, text) => (dataOf(message)['replacement'] = { deep: [{ [text]: [] }] }),
  (message, text) => (dataOf(message)['notes'] = [[['x', { more: text }]]]),
];

test('every BSN is caught, wherever it is put and however it is written, and the refusal does not repeat it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(EXAMPLES)), fc.constantFrom(...PLACES), beside, written, after, (example, put, before, bsn, behind) => {
      const message = structuredClone(example) as unknown as Record<string, unknown>;
      put(message, `${before}${bsn}${behind}`);
      const result = validateMessage(message, options);
      if (result.ok) throw new Error('passed');
      expect(result.refusal).toMatchObject({ code: 'mayHoldBsn', source: null, messageId: null, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(JSON.stringify(result.refusal.errors)).not.toContain(bsn);
      expect(result.refusal.errors.map(({ code }) => code)).toEqual(result.refusal.errors.map(() => 'mayHoldBsn'));
    }),
    { numRuns: 500 },
  );
});

test('a number of nine digits that passes is caught, also a negative one or one with a fraction', () => {
  fc.assert(
    fc.property(bsns, (bsn) => {
      fc.pre(!bsn.startsWith('0'));
      expect([mayHoldBsn({ a: [Number(bsn)] }), mayHoldBsn(-Number(bsn)), mayHoldBsn(Number(`${bsn}.5`)), mayHoldBsn(BigInt(bsn))]).toEqual([true, true, true, true]);
    }),
  );
});

/** The same number with its point elsewhere and an exponent that makes up for it, as JSON and spreadsheets write it. */
const exponentials = fc
  .tuple(bsns, fc.integer({ min: 0, max: 9 }), fc.constantFrom('', '0', '00', '5'), fc.constantFrom('e', 'E'), fc.constantFrom('.', ','))
  // Of fewer than nine digits in all it is too short a text to look at.
  .filter(([bsn]) => !bsn.endsWith('00') && !bsn.startsWith('0'))
  .map(([bsn, whole, more, e, point]) => {
    const [before, after] = [bsn.slice(0, whole) || '0', `${bsn.slice(whole)}${more}`];
    return `${before}${after === '' ? '' : point}${after}${e}${whole === 9 ? '-0' : `+0${9 - whole}`}`;
  });

test('a BSN written with an exponent is caught in any text, and as a number in JSON whether that can be read or not', () => {
  fc.assert(
    fc.property(exponentials, beside.filter((text) => !/\d/.test(text)), (number, before) => {
      expect([mayHoldBsn(`${before}${number}`), mayHoldBsn(`{"a":[${number},`)]).toEqual([true, true]);
      if (!number.includes(',')) expect(mayHoldBsn(JSON.parse(`{"a":[${number}]}`))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('full-width digits and characters that do not show do not hide a BSN', () => {
  expect(mayHoldBsn('１２３４５６７８２')).toBe(true);
  expect(mayHoldBsn('1234\u200b56782')).toBe(true);
});

test.each([
  ['123456782', true],
  ['123456783', false], // does not pass the eleven test
  ['123.456.782', true],
  ['1234.56.782', true],
  ['1 123 456 782', true], // beside another number
  ['X123456782', false], // a letter beside it: not between non-alphanumeric characters
  ['1123456782', false], // ten digits
  ['kvk:12345678', false],
  ['urn:nld:oin:00000001234567820000:systeem:hr', false],
  ['1234567.82', false], // a sum of money
  ['123456782.0', true],
  ['1.23456782e8', true],
  ['1,23456782E+08', true],
  ['1.23456782e7', false], // eight digits before its point
  ['1.23456783e8', false], // does not pass the eleven test
  ['1.23456782e8a', false],
  ['12348E4', false], // a key: 123480000 would pass
  ['1 234 567.82', false],
  ['0.12345678', false],
  ['2023-03-01T12:30:05.123456782Z', false],
  ['2023-03-01T12:30:05.1234567+01:00', false],
])('%s: %s', (text, expected) => {
  expect(mayHoldBsn(text)).toBe(expected);
});

test('an RSIN is exempt in a field that is typed for it, and nowhere else', () => {
  const rsin = 'rsin:123456782';
  expect(passesElevenTest('123456782')).toBe(true);
  const { data } = EXAMPLES.HiredByInlener;
  expect(validateMessage({ ...EXAMPLES.HiredByInlener, data: { ...data, employer: rsin } }, options).ok).toBe(true);
  expect(mayHoldBsn({ data: { inleners: [{ employer: rsin }], replacement: { provider: rsin } } })).toBe(false);
  for (const elsewhere of [{ data: { employment: rsin } }, { employer: rsin }, { data: { x: { employer: rsin } } }, rsin]) expect(mayHoldBsn(elsewhere)).toBe(true);
});

test('of 100,000 random UUIDs, times and sums of money none is refused', () => {
  const refused: unknown[] = [];
  const [dutch, english] = [new Intl.NumberFormat('nl-NL'), new Intl.NumberFormat('en-US')];
  for (let i = 0; i < 100_000; i++) {
    const time = new Date(randomInt(946_684_800_000, 2_524_608_000_000)).toISOString();
    const sum = randomInt(0, 10_000_000_000) / 100;
    const texts = [randomUUID(), time, time.replace('Z', `${randomInt(1000, 10_000)}+01:00`), String(sum), sum.toFixed(2), dutch.format(sum), english.format(sum)];
    if (mayHoldBsn({ sum, texts })) refused.push(...texts.filter(mayHoldBsn), sum);
  }
  expect(refused).toEqual([]);
});

test('a message with a random UUID as id and a random time is never taken for one with a BSN', () => {
  for (let i = 0; i < 5_000; i++) {
    const time = new Date(randomInt(946_684_800_000, 1_735_689_600_000)).toISOString();
    expect(validateMessage({ ...EXAMPLES.ContractSigned, id: randomUUID(), time }, options).ok).toBe(true);
  }
});
