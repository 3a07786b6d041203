import { createMemoryEventStore, type EventStore } from '@bestendig/event-store';
import { FillIntake } from './fill-intake';
import type { HrFact } from './hr-fact';
import { readPlacement } from './history';
import { keyId, linkStream, placementStream } from './keys';
import type { FactOutcome } from './outcomes';
import { recordHrFacts } from './record-hr-facts';
import { contractEnded, contractSigned, message, registered, SECRET, SOURCE } from './testing/messages';

const placementOf = (key: string): string => keyId(SECRET, 'placement', SOURCE, key);

let store: EventStore;
beforeEach(() => {
  store = createMemoryEventStore();
});
afterEach(() => store.close());
const record = (facts: readonly HrFact[], options?: Parameters<typeof recordHrFacts>[3]) => recordHrFacts(store, SECRET, facts, options);

describe('what a publisher is told', () => {
  test('a registration and its contract in one batch are accepted, and become one append', async () => {
    const outcomes = await record([registered('job-1', 'anna'), contractSigned('job-1')]);
    expect(outcomes.map(({ outcome, reason }) => [outcome, reason])).toEqual([['accepted', null], ['accepted', null]]); // prettier-ignore
    const [first, second] = await store.readStream(placementStream(placementOf('job-1')));
    expect(first?.recordedAt).toBe(second?.recordedAt);
    expect(outcomes[0]?.placementId).toBe(placementOf('job-1'));
    expect(outcomes[0]?.eventIds).toEqual([first?.id]);
  });

  test('a fact that comes before what it needs is parked with the reason, and stands once that came', async () => {
    const [early] = await record([contractSigned('job-1')]);
    expect(early).toMatchObject({ outcome: 'parked', reason: 'notRegistered', first: null });
    await record([registered('job-1', 'anna')]);
    const known = await readPlacement(store, placementOf('job-1'));
    expect(known.timeline.spells).toHaveLength(1);
  });

  test('the same message from another delivery is a duplicate with the first result, even when its verdict has changed since', async () => {
    const [first] = await record([contractSigned('job-1', { origin: 'http:a#0' })]);
    await record([registered('job-1', 'anna')]);
    const [again] = await record([contractSigned('job-1', { origin: 'http:b#0' })]);
    expect(again).toMatchObject({ outcome: 'duplicate', reason: 'notRegistered', first: { outcome: 'parked', reason: 'notRegistered' } });
    expect(again).toMatchObject({ placementId: first?.placementId, eventIds: first?.eventIds, recordedAt: first?.recordedAt, position: first?.position });
    expect(await store.readStream(placementStream(placementOf('job-1')))).toHaveLength(2);
  });

  test('the same delivery sent again gets its first outcome again', async () => {
    const facts = [registered('job-1', 'anna'), contractSigned('job-1')];
    const first = await record(facts);
    expect(await record(facts)).toEqual(first.map((outcome) => ({ ...outcome, position: expect.any(String) as string })));
  });

  test('an id that was used before for other content is refused, and what stands stays', async () => {
    await record([registered('job-1', 'anna')]);
    const [refused] = await record([{ ...registered('job-1', 'anna'), digest: 'other', origin: 'http:b#0' }]);
    expect(refused).toMatchObject({ outcome: 'refused', reason: 'idReusedWithOtherContent', eventIds: [], position: null });
    expect(await store.readStream(placementStream(placementOf('job-1')))).toHaveLength(1);
  });

  test('within one batch too: a repeat is a duplicate, other content under the same id is refused, and the rest is not hurt', async () => {
    const one = registered('job-1', 'anna');
    const outcomes = await record([one, { ...one, origin: 'http:x#1' }, { ...one, origin: 'http:x#2', digest: 'other' }, contractSigned('job-1')]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'duplicate', 'refused', 'accepted']);
  });

  test('messages of one placement keep the order of the batch, between those of others', async () => {
    await record([registered('a', 'anna'), registered('b', 'bram'), contractSigned('a'), contractSigned('b'), contractEnded('a')]);
    const types = async (key: string) => (await store.readStream(placementStream(placementOf(key)))).map((event) => event.type);
    expect(await types('a')).toEqual(['PlacementRegistered', 'ContractSigned', 'ContractEnded']);
    expect(await types('b')).toEqual(['PlacementRegistered', 'ContractSigned']);
  });
});

test('a batch larger than one append is recorded in several, in order', async () => {
  const outcomes = await record(Array.from({ length: 5_001 }, (_, n) => contractSigned(`job-${n % 2_000}`, { messageId: `m-${n}` })));
  expect(outcomes.map(({ messageId }) => messageId)).toEqual(Array.from({ length: 5_001 }, (_, n) => `m-${n}`));
  expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['parked']));
});

describe('keys', () => {
  test('no key of a source is in any event; ids are those of the links', async () => {
    const continuation = message('EmploymentContinued', 'job-secret-1', { effectiveDate: '2024-01-01', endCode: '90' }, { messageId: 'm2', successorKey: 'job-secret-2' });
    const registration1 = registered('job-secret-1', 'person-secret-1', { messageId: 'm1' });
    await record([registration1, continuation]);
    const raw = (await store.readRaw(null, 100)).map((event) => event.canonical).join('\n');
    expect(raw).not.toContain('secret');
    // The content a digest is made over holds the keys, and keys can be guessed.
    expect(raw).not.toContain(registration1.digest);
    const [registration, continued] = await store.readStream(placementStream(placementOf('job-secret-1')));
    expect(registration?.data).toMatchObject({ candidateId: keyId(SECRET, 'person', SOURCE, 'person-secret-1') });
    expect(continued?.data).toMatchObject({ successorPlacementId: placementOf('job-secret-2') });
  });

  test('a rehire under a new key is a new placement of the same person', async () => {
    const outcomes = await record([registered('job-1', 'anna'), registered('job-2', 'anna')]);
    expect(new Set(outcomes.map((outcome) => outcome.placementId)).size).toBe(2);
    const candidates = await Promise.all(outcomes.map(async ({ placementId }) => (await readPlacement(store, placementId ?? '')).timeline.registration?.candidateId));
    expect(new Set(candidates).size).toBe(1);
  });

  test('two first facts of one key racing give one placement, one link and no fact lost', async () => {
    const racing = Array.from({ length: 12 }, (_, n) => record([registered('job-1', 'anna', { messageId: `r-${n}`, origin: `http:${n}#0` }), contractSigned('job-1', { messageId: `c-${n}`, origin: `http:${n}#1` })]));
    const outcomes = (await Promise.all(racing)).flat();
    expect(new Set(outcomes.map((outcome) => outcome.placementId))).toEqual(new Set([placementOf('job-1')]));
    expect(await store.readStream(placementStream(placementOf('job-1')))).toHaveLength(24);
    expect(await store.readStream(linkStream(keyId(SECRET, 'employmentLink', SOURCE, 'job-1')))).toHaveLength(1);
  });

  test('the same message racing with itself is recorded once', async () => {
    const racing = Array.from({ length: 8 }, (_, n) => record([registered('job-1', 'anna', { origin: `http:${n}#0` })]));
    const outcomes = (await Promise.all(racing)).flat().map(({ outcome }) => outcome).sort();
    expect(outcomes).toEqual(['accepted', ...Array.from({ length: 7 }, () => 'duplicate')]);
  });
});

describe('a dry run', () => {
  test('gives the same answers, within the batch and against the store, and stores nothing', async () => {
    await record([registered('job-1', 'anna')]);
    const batch = [registered('job-1', 'anna', { origin: 'http:b#0' }), contractSigned('job-1'), contractSigned('job-2'), contractSigned('job-2', { origin: 'http:b#3' })];
    const dry = await record(batch, { dryRun: true });
    expect((await store.readAll(null)).events.filter((event) => event.stream.startsWith('placement'))).toHaveLength(1);
    const wet = await record(batch);
    const said = (outcomes: typeof dry) => outcomes.map(({ outcome, reason, first, placementId, eventIds }) => ({ outcome, reason, first, placementId, eventIds }));
    expect(said(dry)).toEqual(said(wet));
    expect(dry[1]).toMatchObject({ recordedAt: null, position: null });
  });
});

describe('import --as-reported', () => {
  test('each message is recorded when it was reported, and its outcome is the one it would have had then', async () => {
    await store.beginAsReported('run-1');
    const at = (minute: string) => ({ reportedAt: `2024-01-01T08:${minute}:00.000000Z` });
    const outcomes = await record([contractSigned('job-1', at('01')), registered('job-1', 'anna', at('02')), contractEnded('job-1', at('03'))], { asReported: { run: 'run-1' } });
    expect(outcomes.map(({ outcome, recordedAt }) => [outcome, recordedAt?.slice(14, 16)])).toEqual([['parked', '01'], ['accepted', '02'], ['accepted', '03']]); // prettier-ignore
    await store.endAsReported('run-1', 'finished');
    const known = await readPlacement(store, placementOf('job-1'), '2024-01-01T08:01:30.000000Z');
    expect(known).toMatchObject({ asReported: true, revision: 2, timeline: { registration: null } });
  });

  test.each([
    ['in one append', 0],
    ['in two appends, cut between them', 2_499],
  ])('messages of one placement and moment, %s, are judged together: at once, sent again, and by who fills the ledger', async (_, others) => {
    await store.beginAsReported('run-1');
    const at = (day: string) => ({ reportedAt: `2024-01-${day}T00:00:00.000000Z` });
    const facts = [
      ...Array.from({ length: others }, (__, n) => contractSigned(`other-${n}`, at('01'))),
      contractSigned('job-1', { ...at('01'), origin: 'file:f#1' }),
      contractEnded('job-2', { ...at('01'), origin: 'file:f#2' }),
      registered('job-1', 'anna', { ...at('01'), origin: 'file:f#3' }),
      contractEnded('job-1', { ...at('02'), origin: 'file:f#4' }),
    ];
    const options = { asReported: { run: 'run-1' } };
    const told = (await record(facts, options)).slice(others);
    expect(told.map(({ outcome, reason }) => [outcome, reason])).toEqual([['accepted', null], ['parked', 'notRegistered'], ['accepted', null], ['accepted', null]]); // prettier-ignore
    const again = (await record(facts, options)).slice(others);
    expect(again).toEqual(told.map((outcome) => ({ ...outcome, position: expect.any(String) as string })));
    const filled: FactOutcome[] = [];
    const ledger = { byOrigins: () => Promise.resolve([]), record: (rows: readonly FactOutcome[]) => Promise.resolve(filled.push(...rows)) };
    const events = await Promise.all(['job-1', 'job-2'].map((key) => store.readStream(placementStream(placementOf(key)))));
    await new FillIntake(store, ledger, 0).handle(events.flat(), new AbortController().signal);
    expect(filled.sort((a, b) => (a.origin < b.origin ? -1 : 1))).toEqual(again);
    const moments = (await store.readAll(null, { limit: 10_000 })).events.map((event) => event.recordedAt);
    expect(moments).toEqual([...moments].sort());
  });
});

test('who delivers is kept apart from who is spoken for', async () => {
  await record([registered('job-1', 'anna')], { by: { actor: 'payroll-bureau', organisation: 'oin:00000009876543210000' } });
  const [event] = await store.readStream(placementStream(placementOf('job-1')));
  expect(event).toMatchObject({ actor: 'payroll-bureau', organisation: 'oin:00000009876543210000', source: SOURCE });
});
