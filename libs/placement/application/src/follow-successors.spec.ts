import { createMemoryEventStore, type EventStore } from '@bestendig/event-store';
import { chains, type Chain } from '@bestendig/placement-domain';
import { historyOf, readPlacement } from './history';
import type { HrFact } from './hr-fact';
import { keyId, placementStream } from './keys';
import { mendLink } from './mend-link';
import { MisdirectedFacts } from './move-misdirected-facts';
import { commandFor, executeCommand } from './person-commands';
import { recordHrFacts } from './record-hr-facts';
import { message, registered, SECRET, SOURCE } from './testing/messages';

const placementOf = (key: string): string => keyId(SECRET, 'placement', SOURCE, key);
const [A, B, B2, B3] = [placementOf('a'), placementOf('b'), placementOf('b2'), placementOf('b3')];
const CALLER = { actor: 'petra', organisation: 'local' };
const AT = '2024-06-01T08:00:00.000000Z';

let store: EventStore;
let mends: number;
beforeEach(() => {
  store = createMemoryEventStore();
  mends = 0;
});
afterEach(() => store.close());

const record = (...facts: readonly HrFact[]) => recordHrFacts(store, SECRET, facts);
const mend = (key: string, placementId: string) =>
  mendLink(store, SECRET, { source: SOURCE, key, placementId, reason: 'duplicateRegistration', caller: CALLER, idempotencyKey: `mend-${(mends += 1)}`, at: AT });

/** The reaction over the whole log, as after a lost checkpoint, until nothing more follows. */
async function react(): Promise<void> {
  const reaction = new MisdirectedFacts(store);
  const handled = new Set<string>();
  for (let event = (await all())[0]; event !== undefined; event = (await all()).find(({ position }) => !handled.has(position))) {
    await reaction.handle(event);
    handled.add(event.position);
  }
}
const all = async () => (await store.readAll(null, { limit: 10_000 })).events;

const continuedIn = (successorKey: string, over: Partial<HrFact> = {}) =>
  message('EmploymentContinued', 'a', { effectiveDate: '2023-07-01', endCode: '91', lastDay: '2023-06-30' }, { successorKey, ...over });
const first = () => [registered('a', 'anna'), message('ContractSigned', 'a', { effectiveDate: '2023-01-01', form: 'arbeidsovereenkomst', plannedEnd: '2023-06-30' })];
/** A second employment with another employer, so that only what names it as successor joins the two. */
const second = (key: string) => {
  const [fact] = registered(key, 'anna').facts;
  if (fact?.type !== 'PlacementRegistered') throw new Error('no registration');
  return message('PlacementRegistered', key, { ...fact.data, employerId: 'kvk:87654321' }, { personKey: 'anna' });
};
const nextContract = (key: string) => message('ContractSigned', key, { effectiveDate: '2023-07-01', form: 'arbeidsovereenkomst' });

async function chainsNow(): Promise<readonly Chain[]> {
  const placements = await Promise.all([A, B, B2, B3].map(async (placementId) => ({ placementId, events: await store.readStream(placementStream(placementId)) })));
  const known = placements.filter(({ events }) => events.length > 0);
  return chains(await Promise.all(known.map(async ({ placementId }) => ({ placementId, timeline: (await readPlacement(store, placementId)).timeline }))));
}
const joined = async () => (await chainsNow()).map(({ placementIds, pieces, inconsistencies }) => ({ placementIds, now: pieces.at(-1)?.state.kind, inconsistencies }));
/** What counts of a placement's continuation. */
async function successor(placementId = A): Promise<unknown> {
  const entries = historyOf(await readPlacement(store, placementId)).filter(({ verdict }) => verdict.verdict === 'stands');
  const said = entries.map(({ type, data }) => (type === 'FactCorrected' ? Reflect.get(Reflect.get(data, 'replacement') as object, 'data') : data) as object);
  return said.map((data) => Reflect.get(data, 'successorPlacementId') as unknown).find((named) => named !== undefined);
}
const quiet = async () => {
  const before = (await all()).length;
  await react();
  expect(await all()).toHaveLength(before);
};

test.each<[string, () => Promise<unknown>]>([
  ['before the mend', async () => (await record(continuedIn('b')), await mend('b', B2), react())],
  ['after the mend', async () => (await mend('b', B2), await react(), await record(continuedIn('b')), react())],
  ['on its way while the link was mended', () => onItsWay(continuedIn('b'))],
])('a continuation that came in %s leads to the placement that is right: one chain in work', async (_, tell) => {
  await record(...first(), second('b'), nextContract('b'), second('b2'));
  await tell();
  expect(await joined()).toEqual([{ placementIds: [A, B2], now: 'inWork', inconsistencies: [] }]);
  await quiet();
});

test('the correction tells why it came and carries the whole fact', async () => {
  await record(...first(), continuedIn('b'), second('b2'));
  const { eventId } = await mend('b', B2);
  await react();
  const [original, correction] = (await store.readStream(placementStream(A))).slice(-2);
  expect(correction).toMatchObject({
    type: 'FactCorrected', actor: 'reaction:followSuccessors', onBehalfOf: 'petra', source: null, causationId: eventId, correlationId: original?.correlationId,
    origin: `reaction:followSuccessors#${keyId(SECRET, 'employmentLink', SOURCE, 'b')}`,
    data: { effectiveDate: '2023-07-01', corrects: { eventId: original?.id }, replacement: { type: 'EmploymentContinued', data: { ...original?.data, successorPlacementId: B2 } } },
  }); // prettier-ignore
});

test('a hiring, and a correction that says one, follow too', async () => {
  const [fact] = registered('a', 'anna').facts;
  if (fact?.type !== 'PlacementRegistered') throw new Error('no registration');
  const hired = (effectiveDate: string) => ({ type: 'HiredByInlener', data: { employerId: 'kvk:87654321', effectiveDate } }) as const;
  await record(message('PlacementRegistered', 'a', { ...fact.data, arrangement: 'uitzend' }, { personKey: 'anna' }), message('HiredByInlener', 'a', hired('2023-07-01').data, { successorKey: 'b' }), second('b2'));
  await record(message('FactCorrected', 'a', { effectiveDate: '2023-07-02', corrects: { source: SOURCE, messageId: 'HiredByInlener-a' }, replacement: hired('2023-07-02') }, { successorKey: 'b' }));
  await mend('b', B2);
  await react();
  expect(await successor()).toBe(B2);
  const replacements = (await store.readStream(placementStream(A))).slice(-2).map(({ data }) => Reflect.get(data, 'replacement') as unknown);
  expect(replacements).toMatchObject([{ data: { effectiveDate: '2023-07-01', successorPlacementId: B2 } }, { data: { effectiveDate: '2023-07-02', successorPlacementId: B2 } }]);
  await quiet();
});

describe('what a source or a person says of the same fact', () => {
  const corrected = (over: Partial<HrFact> = {}) =>
    message('FactCorrected', 'a', { effectiveDate: '2023-07-01', corrects: { source: SOURCE, messageId: 'EmploymentContinued-a' }, replacement: { type: 'EmploymentContinued', data: { effectiveDate: '2023-07-01', endCode: '90', lastDay: '2023-06-30' } } }, { successorKey: 'b3', ...over }); // prettier-ignore

  test.each([
    ['later', '2024-02-01T08:00:00.000000Z'],
    ['by a clock that was behind', '2023-12-01T08:00:00.000000Z'],
    ['without saying when', null],
  ])('a correction told %s wins, whether it comes before or after', async (_, reportedAt) => {
    for (const late of [false, true]) {
      store = createMemoryEventStore();
      await record(...first(), continuedIn('b', { reportedAt: late ? null : AT }), second('b2'), second('b3'));
      if (!late) await record(corrected({ reportedAt }));
      await mend('b', B2);
      await react();
      if (late) expect(await successor()).toBe(B2);
      if (late) await record(corrected({ reportedAt }));
      await react();
      expect(await successor()).toBe(B3);
    }
  });

  test('retracting that correction uncovers the fact as it follows; retracting the fact takes all away', async () => {
    await record(...first(), continuedIn('b'), corrected(), second('b2'));
    await mend('b', B2);
    await react();
    const retract = (messageId: string) => message('FactRetracted', 'a', { effectiveDate: '2023-07-01', retracts: { source: SOURCE, messageId }, reason: 'recordedInError' }, { messageId: `R-${messageId}` });
    await record(retract('FactCorrected-a'));
    expect(await successor()).toBe(B2);
    await record(retract('EmploymentContinued-a'));
    expect(await successor()).toBeUndefined();
  });

  test('a person who names the old placement before the mend meant what moved; afterwards that very placement', async () => {
    const say = (idempotencyKey: string, eventId: string) =>
      executeCommand(store, {
        placementId: A,
        command: commandFor({ type: 'FactCorrected', data: { effectiveDate: '2023-07-01', corrects: { eventId }, replacement: { type: 'EmploymentContinued', data: { effectiveDate: '2023-07-01', endCode: '91', lastDay: '2023-06-30', successorPlacementId: B } } } }),
        ...{ content: idempotencyKey, caller: CALLER, route: 'facts/_correct', idempotencyKey, ifMatch: 'any', at: AT },
      }); // prettier-ignore
    const [, , continued] = await record(...first(), continuedIn('b3'), second('b'), second('b2'));
    const before = await say('before', continued?.eventIds[0] ?? '');
    await mend('b', B2);
    await react();
    expect(await successor()).toBe(B2);
    await say('after', before.eventIds[0] ?? '');
    await react();
    expect(await successor()).toBe(B);
    await quiet();
  });
});

test('a link mended again, and back, is followed each time from what it named at first', async () => {
  await record(...first(), continuedIn('b'), second('b'), second('b2'), second('b3'));
  for (const target of [B2, B3, B, B2]) {
    await mend('b', target);
    await react();
    expect(await successor()).toBe(target);
    await quiet();
  }
});

test('what another key, mended to the same placement, may have meant is left as it is', async () => {
  await record(...first(), second('b'), second('b2'), second('b3'));
  await mend('b3', B);
  await record(continuedIn('b3'));
  await mend('b', B2);
  await react();
  expect(await successor()).toBe(B);
});

test('a fact that moves with its own link takes along where it leads, and is followed there', async () => {
  await record(...first(), continuedIn('b'), registered('c', 'anna'), second('b2'), second('b3'));
  await mend('b', B2);
  await mend('a', placementOf('c'));
  await react();
  expect([await successor(A), await successor(placementOf('c'))]).toEqual([undefined, B2]);
  const left = await store.readStream(placementStream(A));
  await mend('b', B3);
  await react();
  expect([await successor(A), await successor(placementOf('c'))]).toEqual([undefined, B3]);
  expect(await store.readStream(placementStream(A))).toEqual(left);
  await quiet();
});

/** The link is mended, and followed, between what its writer reads and what it appends. */
async function onItsWay(fact: HrFact): Promise<void> {
  let read = (): void => undefined;
  let goOn = (): void => undefined;
  const reached = new Promise<void>((resolve) => (read = resolve));
  const free = new Promise<void>((resolve) => (goOn = resolve));
  const slow = recordHrFacts(
    {
      append: store.append.bind(store),
      readStreams: async (streams) => {
        const found = await store.readStreams(streams);
        read();
        await free;
        return found;
      },
    },
    SECRET,
    [fact],
  );
  await reached;
  await mend('b', B2);
  await react();
  goOn();
  await slow;
  await react();
}
