import { contractEnded, fact, given, moment, registered, signed, told } from '@bestendig/testing';
import type { Fact, FactReference, PlacementFact, Timeline } from '.';

const SOURCE = 'urn:nld:oin:00000001000000001000:systeem:hr';
const message = (messageId: string, source = SOURCE): FactReference => ({ source, messageId });
const event = (eventId: string): FactReference => ({ eventId });
const hours = (hoursPerWeek: number): PlacementFact => ({
  type: 'HoursChanged',
  data: { effectiveDate: '2023-05-01', hoursPerWeek },
});
const corrected = (corrects: FactReference, replacement: PlacementFact): Fact =>
  fact('FactCorrected', { effectiveDate: '2023-05-01', corrects, replacement });
const retracted = (retracts: FactReference): Fact =>
  fact('FactRetracted', { effectiveDate: '2023-05-01', retracts, reason: 'recordedInError' });
const discarded = (eventId: string): Fact =>
  fact('FactDiscarded', { effectiveDate: '2023-05-01', discards: { eventId }, reason: 'cannotBeResolved' });

const hoursIn = ({ hoursPerWeek }: Timeline): number | undefined => hoursPerWeek.at(-1)?.value;

describe('a correction', () => {
  test('takes the place of the fact it names, by message or by event', () => {
    for (const reference of [message('m2'), event('e2')]) {
      const one = given(registered(), hours(20), corrected(reference, hours(30)));
      expect(one.verdicts()).toEqual(['stands', 'superseded by e3', 'stands']);
      expect(hoursIn(one.timeline())).toBe(30);
      expect(one.timeline().facts[1]).toMatchObject({ asCorrected: hours(30), event: { data: { hoursPerWeek: 20 } } });
    }
  });
  test('keeps the rank of the fact first reported', () => {
    const rival = told(hours(25), { reportedAt: moment(2).replace('00.0', '30.0') });
    const one = given(registered(), hours(20), rival, corrected(message('m2'), hours(30)));
    expect(one.verdicts()).toEqual(['stands', 'superseded by e4', 'parked: otherFactStands because of e4', 'stands']);
    expect(hoursIn(one.timeline())).toBe(30);
  });
  test('may say something else altogether', () => {
    const one = given(
      registered(),
      signed('2023-01-01'),
      contractEnded('2023-05-31'),
      corrected(message('m3'), hours(30)),
    );
    expect(one.timeline().spells[0]?.end.lastDay).toBeNull();
    expect(hoursIn(one.timeline())).toBe(30);
  });
  test('gets the verdict on what it says', () => {
    const one = given(
      registered(),
      hours(20),
      corrected(message('m2'), { type: 'BuddyEnded', data: { effectiveDate: '2023-05-01' } }),
    );
    expect(one.verdicts()).toEqual(['stands', 'superseded by e3', 'parked: notStarted']);
    const contradicting = signed('2023-01-01', '2022-12-31');
    if (contradicting.type !== 'ContractSigned') throw new Error('expected a contract');
    expect(
      given(registered(), hours(20), corrected(message('m2'), contradicting))
        .verdicts()
        .at(-1),
    ).toBe('parked: datesContradict');
  });
  test('of a fact that is not there waits for it', () => {
    expect(given(registered(), corrected(message('m9'), hours(30))).verdicts()).toEqual([
      'stands',
      'parked: targetUnknown',
    ]);
    expect(
      given(registered(), corrected(message('m9'), hours(30)), told(hours(20), { messageId: 'm9' })).verdicts(),
    ).toEqual(['stands', 'stands', 'superseded by e2']);
  });
  test('of a message of another source is not this one', () => {
    expect(
      given(registered(), hours(20), corrected(message('m2', 'urn:other'), hours(30)))
        .verdicts()
        .at(-1),
    ).toBe('parked: targetUnknown');
  });
  test('of a message with several facts takes the place of all of them, once', () => {
    const one = given(
      registered(),
      told(signed('2023-01-01'), { messageId: 'both' }),
      told(contractEnded('2023-06-30'), { messageId: 'both' }),
      corrected(message('both'), hours(30)),
    );
    expect(one.verdicts()).toEqual(['stands', 'superseded by e4', 'superseded by e4', 'stands']);
    expect(one.timeline()).toMatchObject({ spells: [], hoursPerWeek: [{}, { value: 30 }] });
  });
  test('of the registration: it stands as corrected, in the event of the correction', () => {
    const { registration } = given(
      registered(),
      corrected(message('m1'), { ...registration0, data: { ...registration0.data, sector: 'vo' } }),
    ).timeline();
    expect(registration).toMatchObject({ sector: 'vo', eventId: 'e2' });
  });
});
const registration0 = (() => {
  const one = registered();
  if (one.type !== 'PlacementRegistered') throw new Error('expected a registration');
  return one;
})();

describe('several of one fact', () => {
  test('the highest rank counts, whichever came in last', () => {
    const first = told(corrected(message('m2'), hours(30)), { reportedAt: moment(10) });
    const second = told(corrected(message('m2'), hours(36)), { reportedAt: moment(9) });
    const one = given(registered(), hours(20), first, second);
    expect(one.verdicts()).toEqual(['stands', 'superseded by e3', 'stands', 'superseded by e3']);
    expect(hoursIn(one.timeline())).toBe(30);
  });
  test('a retraction and a correction compete alike', () => {
    const one = given(registered(), hours(20), corrected(message('m2'), hours(30)), retracted(message('m2')));
    expect(one.verdicts()).toEqual(['stands', 'retracted by e4', 'superseded by e4', 'stands']);
    const other = given(registered(), hours(20), retracted(message('m2')), corrected(message('m2'), hours(30)));
    expect(other.verdicts()).toEqual(['stands', 'superseded by e4', 'superseded by e4', 'stands']);
  });
});

describe('of modifiers', () => {
  test('a correction of a correction replaces what that one says', () => {
    const one = given(
      registered(),
      hours(20),
      corrected(message('m2'), hours(30)),
      corrected(message('m3'), hours(36)),
    );
    expect(one.verdicts()).toEqual(['stands', 'superseded by e3', 'superseded by e4', 'stands']);
    expect(hoursIn(one.timeline())).toBe(36);
    expect(one.timeline().facts[1]).toMatchObject({ asCorrected: hours(36) });
  });
  test('retracting a correction uncovers what it replaced', () => {
    const one = given(registered(), hours(20), corrected(message('m2'), hours(30)), retracted(message('m3')));
    expect(one.verdicts()).toEqual(['stands', 'stands', 'retracted by e4', 'stands']);
    expect(hoursIn(one.timeline())).toBe(20);
  });
  test('retracting the correction of a correction uncovers the correction', () => {
    const one = given(
      registered(),
      hours(20),
      corrected(message('m2'), hours(30)),
      corrected(message('m3'), hours(36)),
      retracted(message('m4')),
    );
    expect(one.verdicts()).toEqual(['stands', 'superseded by e3', 'stands', 'retracted by e5', 'stands']);
    expect(hoursIn(one.timeline())).toBe(30);
  });
  test('retracting a retraction brings the fact back', () => {
    const one = given(registered(), hours(20), retracted(message('m2')), retracted(message('m3')));
    expect(one.verdicts()).toEqual(['stands', 'stands', 'retracted by e4', 'stands']);
  });
  test('a retracted one of higher rank uncovers the next', () => {
    const one = given(
      registered(),
      hours(20),
      corrected(message('m2'), hours(30)),
      corrected(message('m2'), hours(36)),
      retracted(message('m4')),
    );
    expect(one.verdicts()).toEqual(['stands', 'superseded by e3', 'stands', 'retracted by e5', 'stands']);
  });
  test('a correction of one that lost to another is superseded with it', () => {
    const one = given(
      registered(),
      hours(20),
      corrected(message('m2'), hours(30)),
      corrected(message('m2'), hours(36)),
      corrected(message('m3'), hours(12)),
    );
    expect(one.verdicts()).toEqual(['stands', 'superseded by e4', 'superseded by e5', 'stands', 'superseded by e4']);
    expect(hoursIn(one.timeline())).toBe(36);
  });
  test('a correction of one whose target is unknown waits with it', () => {
    const one = given(registered(), corrected(message('m9'), hours(30)), corrected(message('m2'), hours(36)));
    expect(one.verdicts()).toEqual(['stands', 'superseded by e3', 'parked: targetUnknown because of e2']);
  });
  test('a retraction or a discard is retracted, not corrected', () => {
    expect(
      given(registered(), hours(20), retracted(message('m2')), corrected(message('m3'), hours(30))).verdicts(),
    ).toEqual(['stands', 'retracted by e3', 'stands', 'parked: cannotReplaceModifier']);
  });
  test('those that refer to each other in a ring do nothing', () => {
    expect(
      given(registered(), hours(20), corrected(event('e4'), hours(30)), corrected(event('e3'), hours(36))).verdicts(),
    ).toEqual(['stands', 'stands', 'parked: cyclicReference', 'parked: cyclicReference']);
    expect(given(registered(), retracted(event('e2'))).verdicts()).toEqual(['stands', 'parked: cyclicReference']);
    expect(
      given(registered(), retracted(event('e4')), retracted(event('e2')), retracted(event('e3')))
        .verdicts()
        .slice(1),
    ).toEqual(Array(3).fill('parked: cyclicReference'));
  });
  test('what points at a ring from outside takes its fact out, and one that a ring points at is left alone', () => {
    const one = given(registered(), retracted(event('e3')), retracted(event('e2')), discarded('e2'), discarded('e3'));
    expect(one.verdicts()).toEqual(['stands', 'discarded by e4', 'discarded by e5', 'stands', 'stands']);
    // Both facts of a message: the ring does not reach the correction that is in it too.
    const both = given(
      registered(),
      hours(20),
      told(corrected(event('e2'), hours(30)), { messageId: 'pair' }),
      told(retracted(event('e5')), { messageId: 'pair' }),
      retracted(message('pair')),
    );
    expect(both.verdicts()).toEqual([
      'stands',
      'superseded by e3',
      'stands',
      'parked: cyclicReference',
      'parked: cyclicReference',
    ]);
    expect(hoursIn(both.timeline())).toBe(30);
  });
  test('beyond a ring each is still judged after what points at it', () => {
    const one = given(
      registered(),
      hours(20),
      corrected(event('e2'), hours(30)),
      told(retracted(event('e3')), { messageId: 'pair' }),
      told(retracted(event('e6')), { messageId: 'pair' }),
      retracted(message('pair')),
    );
    expect(one.verdicts().slice(1)).toEqual([
      'stands',
      'retracted by e4',
      'stands',
      'parked: cyclicReference',
      'parked: cyclicReference',
    ]);
  });
  test('a long line of corrections is followed to its end', () => {
    const line = Array.from({ length: 3000 }, (_, i) => corrected(event(`e${i + 2}`), hours(i % 40)));
    expect(hoursIn(given(registered(), hours(20), ...line).timeline())).toBe(2999 % 40);
    const rings = Array.from({ length: 400 }, (_, i) => retracted(event(`e${((i + 1) % 400) + 1}`)));
    expect(new Set(given(...rings).verdicts())).toEqual(new Set(['parked: cyclicReference']));
  });
});

test('a discarded fact is set aside, and comes back when that is retracted', () => {
  const facts = [registered(), contractEnded('2023-05-01'), discarded('e2')];
  expect(given(...facts).verdicts()).toEqual(['stands', 'discarded by e3', 'stands']);
  expect(given(...facts, retracted(event('e3'))).verdicts()).toEqual([
    'stands',
    'parked: noContract',
    'retracted by e4',
    'stands',
  ]);
});

test('a moment is known only with what was recorded by then', () => {
  const one = given(registered(), hours(20), corrected(message('m2'), hours(30)));
  expect(hoursIn(one.timeline(moment(2)))).toBe(20);
  expect(one.verdicts(moment(2))).toEqual(['stands', 'stands']);
  expect(hoursIn(one.timeline(moment(3)))).toBe(30);
});
