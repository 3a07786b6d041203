import fc from 'fast-check';
import { EXAMPLES, MESSAGE_TYPES, validateMessage, type MessageError } from '.';
import { digestOf } from './digests';
import type { HrMessage } from './examples';

const http = { origin: 'http:test#0', door: 'http', digestKey: Buffer.alloc(32, 7) } as const;
const file = { ...http, door: 'file' } as const;

const { ContractSigned, PlacementRegistered, FactCorrected, WorkChanged, EmploymentContinued } = EXAMPLES;
const withData = (example: HrMessage, data: Record<string, unknown>): HrMessage => ({ ...example, data: { ...example.data, ...data } });

function errorsOf(input: unknown, options: typeof http | typeof file = http): readonly MessageError[] {
  const result = validateMessage(input, options);
  return result.ok ? [] : result.refusal.errors;
}
const found = (input: unknown, options: typeof http | typeof file = http) => errorsOf(input, options).map(({ pointer, code }) => `${pointer} ${code}`);
function factOf(input: unknown, options: typeof http | typeof file = http) {
  const result = validateMessage(input, options);
  if (!result.ok) throw new Error(JSON.stringify(result.refusal.errors));
  return result.fact;
}

test.each(MESSAGE_TYPES)('the example of $shortName is valid and tells its fact', ({ factType }) => {
  expect(factOf(EXAMPLES[factType]).facts.map(({ type }) => type)).toEqual([factType]);
});

test('a registration keeps organisations as they are, and leaves the keys to the application', () => {
  const fact = factOf(PlacementRegistered);
  expect(fact).toMatchObject({
    origin: 'http:test#0', source: PlacementRegistered.source, messageId: 'hr-placement-registered-1', reportedAt: '2025-06-02T08:30:00.000000Z',
    personKey: 'P-1042', employmentKey: 'A-2023-117', successorKey: null,
  }); // prettier-ignore
  expect(fact.facts[0]?.data).toEqual({
    effectiveDate: '2023-03-01', employerId: 'kvk:12345678', sector: 'gemeenten', region: 'AM13', hoursPerWeek: 25.5, arrangement: 'detacheringIndividual',
    inleners: [{ employerId: 'oin:00000001003214345000', share: 0.6, team: 'team-archief' }, { employerId: 'kvk:11111111', share: 0.4 }],
    postOrigin: 'jobcarving', aboveFormation: true, budget: 'central', registrationKind: 'newJob', inTargetGroup: 'yes', assumed: ['hoursPerWeek', 'budget'],
  }); // prettier-ignore
});

test('what was assumed is named out of the fields of the message, each once; organisations have the names of the fact', () => {
  const assuming = (assumed: unknown) => withData(PlacementRegistered, { assumed });
  expect(factOf(assuming(['employer', 'region'])).facts[0]?.data).toMatchObject({ assumed: ['employerId', 'region'] });
  const codes = [[], 'region', ['region', 'region'], ['person'], ['effectiveDate'], [1]].flatMap((assumed) => found(assuming(assumed)));
  expect(codes).toEqual(['/data/assumed outOfRange', '/data/assumed wrongType', ...Array.from({ length: 4 }, () => '/data/assumed notAllowed')]);
});

test('a key of a successor is no part of the fact', () => {
  expect(factOf(EmploymentContinued)).toMatchObject({ successorKey: 'A-2025-201', facts: [{ data: { effectiveDate: '2025-04-30', endCode: '92', lastDay: '2025-04-30' } }] });
});

test('dates that are not exact are placed and marked, exact ones are not', () => {
  expect(factOf(withData(ContractSigned, { effectiveDate: '2023-05~', plannedEnd: '2024-04-30' })).facts[0]?.data).toEqual({
    effectiveDate: '2023-05-16', form: 'arbeidsovereenkomst', plannedEnd: '2024-04-30', proeftijdDays: 0, inexact: { effectiveDate: { precision: 'month', assumed: true } },
  }); // prettier-ignore
});

test('a correction refers to a message of its own source and has the date of its replacement', () => {
  expect(factOf(FactCorrected).facts[0]?.data).toEqual({
    corrects: { source: FactCorrected.source, messageId: 'hr-contract-signed-1' }, effectiveDate: '2023-05-15',
    replacement: { type: 'ContractSigned', data: { effectiveDate: '2023-05-15', form: 'arbeidsovereenkomst', plannedEnd: '2024-05-16', inexact: { plannedEnd: { precision: 'month', assumed: true } } } },
  }); // prettier-ignore
});

test("a correction of a registration may name another person; without one the message's own is needed", () => {
  const { employment: _, person: __, ...fields } = PlacementRegistered.data;
  const replacement = { type: 'placement-registered', ...fields };
  expect(factOf(withData(FactCorrected, { person: 'P-1', replacement })).personKey).toBe('P-1');
  expect(factOf(withData(FactCorrected, { person: 'P-1', replacement: { ...replacement, person: 'P-2' } })).personKey).toBe('P-2');
  expect(found(withData(FactCorrected, { replacement }))).toEqual(['/data/replacement/person required']);
});

test('all errors are told together, each with its pointer, and no detail repeats a value', () => {
  const message = withData({ ...ContractSigned, source: 'my system', time: 'yesterday' }, { effectiveDate: '2023-02-30', form: 'verbal', plannedEnd: null, proeftijdDays: 1.5, salary: 'SECRET' });
  expect(found(message).sort()).toEqual([
    '/data/effectiveDate notADate', '/data/form notAllowed', '/data/plannedEnd wrongType', '/data/proeftijdDays wrongType', '/data/salary unknownField', '/source pattern', '/time notATime',
  ]); // prettier-ignore
  const details = JSON.stringify(errorsOf(message));
  for (const value of ['my system', 'yesterday', '2023-02-30', 'verbal', 'SECRET']) expect(details).not.toContain(value);
  expect(details).toContain('arbeidsovereenkomst');
});

test.each<[string, unknown, string[]]>([
  ['no object', 'x', [' wrongType']],
  ['a list', [], [' wrongType']],
  ['undefined', undefined, [' notJson']],
  ['an id without a value', { ...ContractSigned, id: undefined }, ['/id required']],
  ['a function', { ...ContractSigned, time: () => '' }, [' notJson']],
  ['an unknown type', { ...ContractSigned, type: 'nl.bestendig.hr.contract-signed.v2' }, ['/type unknownType']],
  ['the short type over HTTP', { ...ContractSigned, type: 'contract-signed' }, ['/type unknownType']],
  ['another CloudEvents version', { ...ContractSigned, specversion: '0.3' }, ['/specversion notAllowed']],
  ['data that is a list', { ...ContractSigned, data: [] }, ['/data wrongType']],
  ['names of every object', { ...ContractSigned, data: { ...ContractSigned.data, constructor: 1, toString: 1 } }, ['/data/constructor unknownField', '/data/toString unknownField']],
  ['a name that is not shown', withData(ContractSigned, { 'J. de Vries': 1 }), ['/data/* unknownField']],
  ['a number as text', withData(EXAMPLES.HoursChanged, { hoursPerWeek: '25' }), ['/data/hoursPerWeek wrongType']],
  ['more hours than a week allows', withData(EXAMPLES.HoursChanged, { hoursPerWeek: 61 }), ['/data/hoursPerWeek outOfRange']],
  ['none of three codes', { ...WorkChanged, data: { employment: 'A-1', effectiveDate: '2023' } }, ['/data/departmentCode oneOfRequired']],
  ['free text as a code', withData(WorkChanged, { taskCode: 'scans old maps' }), ['/data/taskCode pattern']],
  ['a correction of a retraction', withData(FactCorrected, { replacement: { type: 'fact-retracted' } }), ['/data/replacement/type unknownType']],
  ['a replacement for another employment', withData(FactCorrected, { replacement: { type: 'buddy-ended', effectiveDate: '2023', employment: 'B' } }), ['/data/replacement/employment unknownField']],
  ['an id of the system itself', { ...ContractSigned, id: 'reaction:x' }, ['/id pattern']],
])('%s is refused', (_, message, expected) => {
  expect(found(message).sort()).toEqual(expected);
});

test.each([
  [23, []],
  [25, ['/time outOfRange']],
  [500_000, ['/time outOfRange']],
])('a time %d hours ahead, by whatever door: %p', (hours, expected) => {
  const ahead = new Date(Date.now() + hours * 3_600_000).toISOString();
  const withOffset = new Date(Date.now() + (hours - 5) * 3_600_000).toISOString().replace('Z', '-05:00');
  for (const time of [ahead, withOffset]) for (const options of [http, file]) expect(found({ ...ContractSigned, time }, options)).toEqual(expected);
});

test('a missing field is told as required, once', () => {
  const { person: _, sector: __, ...data } = PlacementRegistered.data;
  const { id: ___, ...message } = PlacementRegistered;
  expect(found({ ...message, data }).sort()).toEqual(['/data/person required', '/data/sector required', '/id required']);
});

test.each<[string, unknown, string[]]>([
  ['that sum to less than 1', [{ employer: 'kvk:11111111', share: 0.5 }, { employer: 'kvk:22222222', share: 0.49 }], ['/data/inleners sharesSum']],
  ['of thirds', [1, 2, 3].map((n) => ({ employer: `kvk:1111111${n}`, share: 1 / 3 })), []],
  ['of the same inlener', [{ employer: 'kvk:11111111', share: 0.5 }, { employer: 'kvk:11111111', share: 0.5 }], ['/data/inleners sameTwice']],
  ['of two teams of an inlener', [{ employer: 'kvk:11111111', share: 0.5, team: 'a' }, { employer: 'kvk:11111111', share: 0.5, team: 'b' }], []],
  ['of none', [], ['/data/inleners outOfRange', '/data/inleners sharesSum']],
  ['with an unknown field and a wrong share', [{ employer: 'kvk:11111111', share: '1', name: 'x' }], ['/data/inleners/0/name unknownField', '/data/inleners/0/share wrongType']],
  ['that are no objects', ['kvk:11111111', null], ['/data/inleners/0 wrongType', '/data/inleners/1 wrongType']],
  ['whose employer is an object that is no text', [{ employer: { toString: 1 }, share: 1 }], ['/data/inleners/0/employer wrongType']],
  ['in an object', { employer: 'kvk:11111111', share: 1 }, ['/data/inleners wrongType']],
])('inleners %s', (_, inleners, expected) => {
  expect(found(withData(PlacementRegistered, { inleners })).sort()).toEqual(expected);
});

test('a message too deep or too large is refused without being read', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(found(withData(ContractSigned, { deep }))).toEqual([' tooDeep', ' tooLarge']);
  expect(validateMessage({ deep, x: '123456782' }, http)).toMatchObject({ refusal: { code: 'mayHoldBsn', digest: null } });
  let far: unknown = '123456782';
  for (let i = 0; i < 100_000; i++) far = { far };
  expect(errorsOf(far)).toMatchObject([{ pointer: '/far'.repeat(32), code: 'mayHoldBsn' }]);
  expect(found(withData(ContractSigned, { wide: Array.from({ length: 3000 }, () => 0) }))).toEqual([' tooLarge']);
});

test('a refusal keeps source and id where they are valid, and a digest that a key made', () => {
  const bad = withData(ContractSigned, { form: 'x' });
  const refusal = (message: unknown, digestKey: Buffer) => {
    const result = validateMessage(message, { ...http, digestKey });
    return result.ok ? null : result.refusal;
  };
  const [one, other] = [refusal(bad, Buffer.alloc(32, 1)), refusal(bad, Buffer.alloc(32, 2))];
  expect(one).toMatchObject({ code: 'invalid', origin: 'http:test#0', source: ContractSigned.source, messageId: ContractSigned.id });
  expect(one?.digest).not.toBe(other?.digest);
  expect(refusal({ ...bad, id: 'no good', source: 1 }, Buffer.alloc(32))).toMatchObject({ source: null, messageId: null });
});

test('by file a type may be short and an id left out: then the content is the id', () => {
  const { id: _, ...line } = { ...ContractSigned, type: 'contract-signed' };
  const fact = factOf(line, file);
  expect(fact.messageId).toMatch(/^[0-9a-f]{64}$/);
  expect(factOf({ ...line, type: ContractSigned.type, time: '2025-06-02T10:30:00+02:00' }, file)).toEqual(fact);
  expect(factOf(withData({ ...line, id: fact.messageId } as HrMessage, { plannedEnd: '2025' }), file).digest).not.toBe(fact.digest);
  expect(factOf({ ...ContractSigned, type: 'contract-signed' }, file).digest).toBe(factOf(ContractSigned).digest);
});

test('an id made from the content needs the secret: without it no key of a person or employment can be tried out', () => {
  const { id: _, ...line } = ContractSigned;
  const { source, type, time, data } = ContractSigned;
  const made = factOf(line, file).messageId;
  expect(made).not.toBe(factOf(line, { ...file, digestKey: Buffer.alloc(32, 8) }).messageId);
  for (const at of [time, '2025-06-02T08:30:00.000000Z']) expect(made).not.toBe(digestOf({ source, type, time: at, data }));
});

test('whatever comes in, it never throws and always says what is wrong', () => {
  const junk = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withObjectString: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true });
  const message = fc.record({ specversion: junk, id: junk, source: junk, type: fc.oneof(fc.constantFrom(...MESSAGE_TYPES.map(({ type }) => type)), junk), time: junk, data: junk }, { requiredKeys: [] });
  const nearly = fc.tuple(fc.constantFrom(...Object.values(EXAMPLES)), fc.string(), junk).map(([example, name, value]) => withData(example, { [name]: value, replacement: value }));
  fc.assert(
    fc.property(fc.oneof(junk, message, nearly, fc.json().map((text): unknown => JSON.parse(text))), fc.constantFrom(http, file), (input, options) => {
      const result = validateMessage(input, options);
      if (!result.ok) expect(result.refusal.errors.length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});
