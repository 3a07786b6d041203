import { createMemoryEventStore, type EventStore, type RecordedEvent } from '@bestendig/event-store';
import { historyOf, readPlacement } from './history';
import type { HrFact } from './hr-fact';
import { keyId, placementStream } from './keys';
import { lookUpKey } from './look-up-key';
import { mendLink, type MendLink } from './mend-link';
import { messageNow } from './message-now';
import { MisdirectedFacts } from './move-misdirected-facts';
import { recordHrFacts } from './record-hr-facts';
import { contractSigned, message, registered, SECRET, SOURCE } from './testing/messages';

const placementOf = (key: string): string => keyId(SECRET, 'placement', SOURCE, key);
const [RIGHT, WRONG] = [placementOf('job-1'), placementOf('job-1b')];

let store: EventStore;
beforeEach(() => {
  store = createMemoryEventStore();
});
afterEach(() => store.close());

const record = (...facts: readonly HrFact[]) => recordHrFacts(store, SECRET, facts);
const mend = (over: Partial<MendLink> = {}) =>
  mendLink(store, SECRET, {
    source: SOURCE,
    key: 'job-1b',
    placementId: RIGHT,
    reason: 'duplicateRegistration',
    caller: { actor: 'petra', organisation: 'local' },
    idempotencyKey: 'mend-1',
    at: '2024-06-01T08:00:00.000000Z',
    ...over,
  });

/** The reaction over the whole log, as after a lost checkpoint. */
async function react(from = 0): Promise<void> {
  const reaction = new MisdirectedFacts(store);
  for (const event of (await store.readAll(null, { limit: 1000 })).events.slice(from)) await reaction.handle(event);
}

const standing = async (placementId: string) => (await readPlacement(store, placementId)).timeline.facts.filter((fact) => fact.verdict === 'stands').map((fact) => fact.type);
const events = (placementId: string): Promise<readonly RecordedEvent[]> => store.readStream(placementStream(placementId));

test('what came in under a wrong link is recorded in the right placement and retracted in the wrong one, each pointing at the other', async () => {
  await record(registered('job-1', 'anna'), contractSigned('job-1b'), registered('job-1b', 'anna', { reportedAt: '2024-02-01T08:00:00.000000Z' }));
  await mend();
  await react();
  expect((await standing(RIGHT)).toSorted()).toEqual(['ContractSigned', 'PlacementRegistered']);
  expect(await standing(WRONG)).toEqual(['FactRetracted', 'FactRetracted']);
  const [right, wrong] = await Promise.all([RIGHT, WRONG].map(async (placementId) => historyOf(await readPlacement(store, placementId))));
  const original = wrong?.find((entry) => entry.type === 'ContractSigned');
  const moved = right?.find((entry) => entry.type === 'ContractSigned');
  expect(original?.verdict.verdict).toBe('retracted');
  expect(original?.movedTo).toEqual({ placementId: RIGHT, eventId: moved?.eventId });
  expect(moved?.movedFrom).toEqual({ placementId: WRONG, eventId: original?.eventId });
  expect(moved).toMatchObject({ source: SOURCE, messageId: original?.messageId, reportedAt: original?.reportedAt, byPerson: false, onBehalfOf: original?.actor });
});

test('done twice, or stopped halfway and done again, it adds nothing', async () => {
  await record(registered('job-1', 'anna'), contractSigned('job-1b'));
  await mend();
  await react();
  const [right, wrong] = [(await events(RIGHT)).length, (await events(WRONG)).length];
  await react();
  await react(3);
  expect([(await events(RIGHT)).length, (await events(WRONG)).length]).toEqual([right, wrong]);
});

test('a later message under the mended key goes to the right placement; one sent again is a duplicate with its first result', async () => {
  await record(registered('job-1', 'anna'), contractSigned('job-1b'));
  await mend();
  await react();
  const [ended] = await record(message('ContractEnded', 'job-1b', { effectiveDate: '2023-12-31' }));
  expect(ended).toMatchObject({ outcome: 'accepted', placementId: RIGHT });
  const [again] = await record(contractSigned('job-1b', { origin: 'http:again#0' }));
  expect(await messageNow(store, WRONG, again?.eventIds ?? [])).toMatchObject({ placementId: RIGHT, facts: [{ verdict: 'stands' }] });
  expect(again).toMatchObject({ outcome: 'duplicate', first: { outcome: 'parked', reason: 'notRegistered' }, placementId: WRONG });
  const [correction] = await record(
    message('FactCorrected', 'job-1b', {
      effectiveDate: '2023-04-01',
      corrects: { source: SOURCE, messageId: 'ContractSigned-job-1b' },
      replacement: { type: 'ContractSigned', data: { effectiveDate: '2023-04-01', form: 'arbeidsovereenkomst' } },
    }),
  );
  expect(correction?.placementId).toBe(RIGHT);
  expect((await readPlacement(store, RIGHT)).timeline.spells[0]?.firstDay).toBe('2023-04-01');
});

test('a fact that was on its way while the link was mended is moved when it is met', async () => {
  await record(registered('job-1', 'anna'), contractSigned('job-1'));
  const writer = { ...store, readStreams: pausedAt(store) };
  const late = recordHrFacts(writer, SECRET, [message('ContractEnded', 'job-1b', { effectiveDate: '2023-12-31' })]);
  await writer.readStreams.reached;
  await mend();
  await react();
  writer.readStreams.goOn();
  expect((await late)[0]?.placementId).toBe(WRONG);
  await react();
  expect((await readPlacement(store, RIGHT)).timeline.spells[0]?.end.lastDay).toBe('2023-12-31');
});

test('a mended link that is mended back leaves the facts where they were at first, once', async () => {
  await record(registered('job-1', 'anna'), registered('job-1b', 'bram'), contractSigned('job-1b'));
  await mend();
  await react();
  await mend({ placementId: WRONG, reason: 'wrongPlacement', idempotencyKey: 'mend-2' });
  await react();
  await react();
  expect((await readPlacement(store, WRONG)).timeline).toMatchObject({ spells: [{ firstDay: '2023-03-01' }], registration: { candidateId: keyId(SECRET, 'person', SOURCE, 'bram') } });
  expect((await readPlacement(store, RIGHT)).timeline).toMatchObject({ spells: [], registration: { candidateId: keyId(SECRET, 'person', SOURCE, 'anna') } });
});

test('the same command again gives the first result; the same key for another placement is refused', async () => {
  await record(registered('job-1', 'anna'), contractSigned('job-1b'), registered('job-3', 'anna'));
  const first = await mend();
  expect(first).toMatchObject({ placementId: RIGHT, previousPlacementId: WRONG, repeated: false });
  expect(await mend()).toEqual({ ...first, repeated: true });
  await expect(mend({ placementId: placementOf('job-3') })).rejects.toMatchObject({ code: 'idReusedWithOtherContent' });
  await expect(mend({ idempotencyKey: 'mend-2' })).rejects.toMatchObject({ code: 'alreadyLinked' });
  await expect(mend({ placementId: placementOf('nobody'), idempotencyKey: 'mend-3' })).rejects.toMatchObject({ code: 'placementUnknown' });
});

test('a key is looked up as known at a moment', async () => {
  const look = (key: string, knownAt?: string) => lookUpKey(store, SECRET, { source: SOURCE, kind: 'employment', key }, knownAt);
  await record(registered('job-1', 'anna'), contractSigned('job-1b'));
  const before = (await store.readAll(null)).events.at(-1)?.knownTime;
  await mend();
  expect([await look('job-1b'), await look('job-1b', before), await look('job-1b', '2001-01-01T00:00:00.000000Z'), await look('nobody')]).toEqual([RIGHT, WRONG, null, null]);
});

test('a key that nothing came in under yet can be given its placement beforehand', async () => {
  await record(registered('job-1', 'anna'));
  await mend({ key: 'new-key' });
  const [outcome] = await record(contractSigned('new-key'));
  expect(outcome).toMatchObject({ outcome: 'accepted', placementId: RIGHT });
});

/** Reads, then waits until told to go on: a writer that is slower than whoever mends the link. */
function pausedAt(log: EventStore) {
  let reach = (): void => undefined;
  let goOn = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const free = new Promise<void>((resolve) => (goOn = resolve));
  const readStreams: EventStore['readStreams'] = async (streams) => {
    const read = await log.readStreams(streams);
    reach();
    await free;
    return read;
  };
  return Object.assign(readStreams, { reached, goOn: () => goOn() });
}
