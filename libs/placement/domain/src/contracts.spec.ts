import {
  contractEnded,
  continued,
  doorstroom,
  endedOtherwise,
  extended,
  fact,
  given,
  registered,
  signed,
  uitval,
  type Story,
} from '@bestendig/testing';
import type { Fact } from '.';

const permanentFrom = (effectiveDate: string): Fact => fact('ContractMadePermanent', { effectiveDate });

/** The spells as first and last day recorded, and planned end. */
function spells(...facts: Story): readonly (readonly [string, string | null, string | null])[] {
  return given(registered(), ...facts)
    .timeline()
    .spells.map(({ firstDay, end, plannedEnd }) => [firstDay, end.lastDay, plannedEnd]);
}
/** The verdicts on all but the registration. */
function verdicts(...facts: Story): readonly string[] {
  return given(registered(), ...facts)
    .verdicts()
    .slice(1);
}

describe('one contract after another', () => {
  test('an extension carries on the spell, from before the planned end, the next day or after the end of the one before', () => {
    expect(spells(signed('2023-01-01', '2023-12-31'), extended('2024-01-01', '2024-12-31'))).toEqual([
      ['2023-01-01', null, '2024-12-31'],
    ]);
    expect(spells(signed('2023-01-01', '2023-12-31'), extended('2023-10-01', '2024-09-30'))).toEqual([
      ['2023-01-01', null, '2024-09-30'],
    ]);
    expect(spells(signed('2023-01-01', '2023-12-31'), extended('2023-10-01'))).toEqual([['2023-01-01', null, null]]);
  });

  test('a day without a contract makes two spells', () => {
    expect(spells(signed('2023-01-01', '2023-12-31'), extended('2024-01-02', '2024-12-31'))).toEqual([
      ['2023-01-01', null, '2023-12-31'],
      ['2024-01-02', null, '2024-12-31'],
    ]);
  });

  test('a contract signed from the day after the planned or recorded end carries on', () => {
    expect(spells(signed('2023-01-01', '2023-12-31'), signed('2024-01-01'))).toEqual([['2023-01-01', null, null]]);
    expect(spells(signed('2023-01-01'), contractEnded('2023-06-30', '92'), signed('2023-07-01'))).toEqual([
      ['2023-01-01', null, null],
    ]);
  });

  test('back under the same key after a recorded end is a second spell', () => {
    expect(
      spells(
        signed('2023-01-01', '2023-12-31'),
        contractEnded('2023-06-30'),
        signed('2023-09-01'),
        contractEnded('2024-02-29'),
      ),
    ).toEqual([
      ['2023-01-01', '2023-06-30', '2023-12-31'],
      ['2023-09-01', '2024-02-29', null],
    ]);
  });

  test('a contract signed while another runs waits for the end of that one', () => {
    const running = [signed('2023-01-01'), signed('2023-07-01')];
    expect(verdicts(...running)).toEqual(['stands', 'parked: contractRunning because of e2']);
    expect(verdicts(...running, contractEnded('2023-06-30'))).toEqual(['stands', 'stands', 'stands']);
    // An end that comes too late to make room is the end of the one that runs.
    expect(verdicts(...running, contractEnded('2023-09-30'))).toEqual([
      'stands',
      'parked: contractRunning because of e2',
      'stands',
    ]);
    expect(spells(...running, contractEnded('2023-09-30'))).toEqual([['2023-01-01', '2023-09-30', null]]);
    expect(verdicts(signed('2023-01-01', '2023-12-31'), signed('2023-12-31'))).toEqual([
      'stands',
      'parked: contractRunning because of e2',
    ]);
  });

  test('of two contracts from one day the lower rank stands, also a signing against an extension', () => {
    expect(verdicts(signed('2023-01-01'), signed('2023-01-01', '2023-12-31'))).toEqual([
      'stands',
      'parked: otherFactStands because of e2',
    ]);
    expect(verdicts(signed('2023-01-01', '2023-06-30'), extended('2023-07-01'), signed('2023-07-01'))).toEqual([
      'stands',
      'stands',
      'parked: otherFactStands because of e3',
    ]);
    // One that cannot stand for another reason excludes nothing.
    expect(verdicts(extended('2023-01-01'), signed('2023-01-01'))).toEqual(['parked: noContractToExtend', 'stands']);
  });

  test('an extension needs an earlier contract; it has the form of the one before', () => {
    expect(verdicts(extended('2023-01-01'))).toEqual(['parked: noContractToExtend']);
    expect(verdicts(extended('2023-01-01'), signed('2023-02-01'))).toEqual(['parked: noContractToExtend', 'stands']);
    const { spells: found } = given(
      registered(),
      signed('2023-01-01', '2023-12-31', { form: 'bbl' }),
      extended('2024-01-01', '2024-12-31'),
    ).timeline();
    expect(found[0]?.contracts.map(({ form, kind }) => [form, kind])).toEqual([
      ['bbl', 'signed'],
      ['bbl', 'extended'],
    ]);
  });

  test('work after pension or death is a new spell, even from the next day', () => {
    const next = signed('2023-07-01');
    expect(spells(signed('2023-01-01'), endedOtherwise('2023-06-30', 'pension'), next)).toEqual([
      ['2023-01-01', '2023-06-30', null],
      ['2023-07-01', null, null],
    ]);
    expect(spells(signed('2023-01-01'), endedOtherwise('2023-06-30', 'agreedOutflow'), next)).toEqual([
      ['2023-01-01', null, null],
    ]);
    const without = fact('PlacementEndedOtherwise', { effectiveDate: '2023-06-30', kind: 'death' });
    expect(spells(signed('2023-01-01'), contractEnded('2023-06-30'), without, next)).toHaveLength(2);
    expect(spells(signed('2023-01-01'), contractEnded('2023-06-30', '33'), next)).toHaveLength(2);
    expect(spells(signed('2023-01-01'), contractEnded('2023-06-30', '31'), next)).toHaveLength(1);
    // Of an earlier spell it says nothing about this one.
    const earlier = [
      signed('2022-01-01'),
      contractEnded('2022-06-30'),
      fact('PlacementEndedOtherwise', { effectiveDate: '2022-06-30', kind: 'death' }),
    ];
    expect(spells(...earlier, signed('2023-01-01'), contractEnded('2023-06-30'), next)).toHaveLength(2);
    // What gives way to another fact about the same end does not count.
    expect(
      spells(
        signed('2023-01-01'),
        endedOtherwise('2023-06-30', 'agreedOutflow'),
        endedOtherwise('2023-06-30', 'pension'),
        next,
      ),
    ).toHaveLength(1);
    // A code of pension or death counts as the fact does, whatever claims to continue it.
    expect(
      spells(signed('2023-01-01'), contractEnded('2023-06-30', '33'), continued('2023-06-30', '92'), next),
    ).toHaveLength(2);
  });
});

describe('made permanent', () => {
  test('the planned end falls away', () => {
    const { spells: found } = given(
      registered(),
      signed('2023-01-01', '2023-12-31'),
      permanentFrom('2023-07-01'),
    ).timeline();
    expect(found[0]).toMatchObject({
      plannedEnd: null,
      contracts: [{ plannedEnd: null, permanentFrom: '2023-07-01' }],
    });
  });
  test('on the day after the planned end it still carries on; later there is no contract', () => {
    expect(verdicts(signed('2023-01-01', '2023-12-31'), permanentFrom('2024-01-01'))).toEqual(['stands', 'stands']);
    expect(verdicts(signed('2023-01-01', '2023-12-31'), permanentFrom('2024-01-02'))).toEqual([
      'stands',
      'parked: noContract',
    ]);
  });
  test('a recorded end shows that the contract ran beyond its planned end', () => {
    expect(
      verdicts(signed('2023-01-01', '2023-12-31'), permanentFrom('2024-02-01'), contractEnded('2024-06-30')),
    ).toEqual(['stands', 'stands', 'stands']);
    expect(
      verdicts(signed('2023-01-01', '2023-12-31'), permanentFrom('2024-02-01'), contractEnded('2024-01-31')),
    ).toEqual(['stands', 'parked: noContract', 'stands']);
  });
  test('on the last day itself there still is a contract', () => {
    const facts = [signed('2023-01-01', '2023-12-31'), contractEnded('2023-06-30')];
    expect(verdicts(...facts, permanentFrom('2023-06-30')).at(-1)).toBe('stands');
    expect(verdicts(...facts, permanentFrom('2023-07-01')).at(-1)).toBe('parked: noContract');
  });
  test('needs a contract that is not permanent', () => {
    expect(verdicts(permanentFrom('2023-07-01'))).toEqual(['parked: noContract']);
    expect(verdicts(permanentFrom('2023-07-01'), signed('2023-08-01', '2023-12-31'))).toEqual([
      'parked: noContract',
      'stands',
    ]);
    expect(verdicts(signed('2023-01-01'), permanentFrom('2023-07-01'))).toEqual([
      'stands',
      'parked: alreadyPermanent because of e2',
    ]);
    expect(
      verdicts(signed('2023-01-01', '2023-12-31'), permanentFrom('2023-08-01'), permanentFrom('2023-07-01')),
    ).toEqual(['stands', 'parked: alreadyPermanent because of e4', 'stands']);
    expect(
      verdicts(signed('2023-01-01', '2023-12-31'), permanentFrom('2023-07-01'), permanentFrom('2023-07-01')),
    ).toEqual(['stands', 'stands', 'parked: otherFactStands because of e3']);
  });
  test('a permanent contract is not extended', () => {
    expect(verdicts(signed('2023-01-01'), extended('2024-01-01', '2024-12-31'))).toEqual([
      'stands',
      'parked: alreadyPermanent because of e2',
    ]);
    expect(verdicts(signed('2023-01-01', '2023-12-31'), permanentFrom('2023-07-01'), extended('2024-01-01'))).toEqual([
      'stands',
      'stands',
      'parked: alreadyPermanent because of e3',
    ]);
  });
  test('a contract signed permanent is so from its first day', () => {
    expect(given(registered(), signed('2023-01-01')).timeline().spells[0]?.contracts[0]?.permanentFrom).toBe(
      '2023-01-01',
    );
    expect(
      given(registered(), signed('2023-01-01', '2023-12-31')).timeline().spells[0]?.contracts[0]?.permanentFrom,
    ).toBeNull();
  });
});

describe('the recorded last day', () => {
  test('an end in the time of a contract is its end; before any contract it waits', () => {
    expect(verdicts(contractEnded('2022-12-31'), signed('2023-01-01'))).toEqual(['parked: noContract', 'stands']);
    expect(verdicts(signed('2023-01-01'), contractEnded('2023-01-01'))).toEqual(['stands', 'stands']);
    expect(spells(signed('2023-01-01', '2023-06-30'), contractEnded('2023-08-31'))).toEqual([
      ['2023-01-01', '2023-08-31', '2023-06-30'],
    ]);
  });
  test('of ends on different days the lowest rank gives it, the others give way', () => {
    const facts = [
      signed('2023-01-01'),
      contractEnded('2023-06-30'),
      contractEnded('2023-05-31'),
      uitval('2023-07-31'),
    ];
    expect(verdicts(...facts)).toEqual([
      'stands',
      'stands',
      'parked: otherFactStands because of e3',
      'parked: otherFactStands because of e3',
    ]);
    expect(spells(...facts)).toEqual([['2023-01-01', '2023-06-30', null]]);
  });
  test('an end given by an explicit fact counts like one given by the contract', () => {
    expect(spells(signed('2023-01-01'), uitval('2023-06-30'))).toEqual([['2023-01-01', '2023-06-30', null]]);
    expect(spells(signed('2023-01-01'), continued('2023-06-30', '91'))).toEqual([['2023-01-01', '2023-06-30', null]]);
  });
  test('each contract has its own end: a renewal under code 92 does not end the spell', () => {
    const renewed = [
      signed('2023-01-01', '2023-12-31'),
      contractEnded('2023-12-31', '92'),
      extended('2024-01-01', '2024-12-31'),
      contractEnded('2024-12-31', '30'),
    ];
    expect(verdicts(...renewed)).toEqual(['stands', 'stands', 'stands', 'stands']);
    const found = given(registered(), ...renewed).timeline().spells;
    expect(found).toHaveLength(1);
    expect(found[0]?.end).toMatchObject({ lastDay: '2024-12-31', endCode: '30' });
  });
});

describe('vague dates', () => {
  const inMonth = { effectiveDate: { precision: 'month', assumed: false } } as const;
  const inYear = {
    effectiveDate: { precision: 'year', assumed: false },
    lastDay: { precision: 'year', assumed: false },
  } as const;

  test('a day in the month that another source names does not contradict it, and is the more exact', () => {
    const facts = [signed('2023-01-01'), contractEnded('2023-06-15', '04', { inexact: inMonth }), uitval('2023-06-30')];
    expect(verdicts(...facts)).toEqual(['stands', 'stands', 'stands']);
    const end = given(registered(), ...facts).timeline().spells[0]?.end;
    expect(end).toMatchObject({ lastDay: '2023-06-30', inexact: false, endCode: '04', explicit: { kind: 'uitval' } });
    expect(
      verdicts(signed('2023-01-01'), contractEnded('2023-06-15', '04', { inexact: inMonth }), uitval('2023-07-01')).at(
        -1,
      ),
    ).toBe('parked: otherFactStands because of e3');
    // The other way round: the vague one agrees with the exact one of lower rank.
    expect(
      verdicts(signed('2023-01-01'), uitval('2023-06-30'), contractEnded('2023-06-15', '04', { inexact: inMonth })),
    ).toEqual(['stands', 'stands', 'stands']);
  });
  test('one that contradicts it gives way, also to a more exact one after it', () => {
    const vague = contractEnded('2023-06-15', '04', { inexact: inMonth });
    const facts = [signed('2023-01-01'), vague, uitval('2023-12-31'), doorstroom('2023-06-30')];
    expect(verdicts(...facts)).toEqual(['stands', 'stands', 'parked: otherFactStands because of e5', 'stands']);
    expect(spells(...facts)).toEqual([['2023-01-01', '2023-06-30', null]]);
  });
  test('alone it is placed in the middle, and marked', () => {
    const end = given(
      registered(),
      signed('2023-01-01'),
      contractEnded('2023-06-15', undefined, { inexact: inMonth }),
    ).timeline().spells[0]?.end;
    expect(end).toMatchObject({ lastDay: '2023-06-15', inexact: true });
    const assumed = { effectiveDate: { precision: 'day', assumed: true } } as const;
    expect(
      given(registered(), signed('2023-01-01', undefined, { inexact: assumed })).timeline().spells[0]?.inexactStart,
    ).toBe(true);
  });
  test('an end in the year of a start after the middle of that year is an end of it', () => {
    const facts = [contractEnded('2023-07-02', undefined, { inexact: inYear }), signed('2023-09-01')];
    expect(verdicts(...facts)).toEqual(['stands', 'stands']);
    expect(spells(...facts)).toEqual([['2023-09-01', '2023-09-01', null]]);
    expect(verdicts(facts[0] ?? registered(), signed('2023-12-31'))).toEqual(['stands', 'stands']);
    expect(verdicts(facts[0] ?? registered(), signed('2024-01-01'))).toEqual(['parked: noContract', 'stands']);
    expect(verdicts(...facts.slice(0, 1))).toEqual(['parked: noContract']);
  });
  test('of two about the same thing the lowest rank stands and gives the day, however vague', () => {
    const facts = [
      signed('2023-01-01'),
      uitval('2023-07-02', { inexact: inYear }),
      uitval('2023-06-30', { cause: 'reorganisation' }),
    ];
    expect(verdicts(...facts)).toEqual(['stands', 'stands', 'parked: otherFactStands because of e3']);
    expect(spells(...facts)).toEqual([['2023-01-01', '2023-07-02', null]]);
  });
  test('a planned end before the start contradicts it only where both dates are exact enough', () => {
    expect(verdicts(signed('2023-06-01', '2023-05-31'))).toEqual(['parked: datesContradict']);
    const planned = { plannedEnd: { precision: 'year', assumed: false } } as const;
    expect(spells(signed('2023-09-01', '2023-07-02', { inexact: planned }))).toEqual([
      ['2023-09-01', null, '2023-09-01'],
    ]);
    expect(verdicts(signed('2024-01-01', '2023-07-02', { inexact: planned }))).toEqual(['parked: datesContradict']);
  });
});
