import {
  contractEnded,
  continued,
  doorstroom,
  endedOtherwise,
  extended,
  fact,
  given,
  hiredByInlener,
  registered,
  signed,
  uitval,
  type Story,
} from '@bestendig/testing';
import type { StatedEnd } from '.';

function ends(...facts: Story): readonly StatedEnd[] {
  return given(registered(), ...facts)
    .timeline()
    .spells.map(({ end }) => end);
}
function verdicts(...facts: Story): readonly string[] {
  return given(registered(), ...facts)
    .verdicts()
    .slice(1);
}

test('all that is said of one end is given side by side', () => {
  const facts: Story = [
    signed('2023-01-01'),
    contractEnded('2023-06-30', '91'),
    continued('2023-06-30', '91', 'next'),
    uitval('2023-06-30', { cause: 'reorganisation' }),
    endedOtherwise('2023-06-30', 'agreedOutflow'),
  ];
  expect(verdicts(...facts)).toEqual(['stands', 'stands', 'stands', 'stands', 'stands']);
  expect(ends(...facts)).toEqual([
    {
      lastDay: '2023-06-30',
      inexact: false,
      endCode: '91',
      otherwise: 'agreedOutflow',
      continued: { endCode: '91', successorPlacementId: 'next' },
      explicit: { kind: 'uitval', cause: 'reorganisation' },
      hiredByInlener: null,
    },
  ]);
});

test.each([
  ['the contract’s end', contractEnded('2023-06-30', '04'), contractEnded('2023-06-30', '30')],
  [
    'pension, death or agreed outflow',
    endedOtherwise('2023-06-30', 'pension'),
    endedOtherwise('2023-06-30', 'agreedOutflow'),
  ],
  ['a continuation', continued('2023-06-30', '90'), continued('2023-06-30', '92')],
  ['uitval or doorstroom', uitval('2023-06-30'), doorstroom('2023-06-30')],
])('%s is said once per end: the lower rank stands', (_, one, other) => {
  expect(verdicts(signed('2023-01-01'), one, other)).toEqual([
    'stands',
    'stands',
    'parked: otherFactStands because of e3',
  ]);
});

test('the end code is that of the contract’s end, else the one given with uitval', () => {
  expect(ends(signed('2023-01-01'), uitval('2023-06-30', { endCode: '04' }))[0]?.endCode).toBe('04');
  expect(
    ends(signed('2023-01-01'), uitval('2023-06-30', { endCode: '04' }), contractEnded('2023-06-30', '06'))[0]?.endCode,
  ).toBe('06');
  expect(ends(signed('2023-01-01'), contractEnded('2023-06-30'))[0]?.endCode).toBeNull();
});

describe('an explicit fact that does not say when', () => {
  const how = (effectiveDate: string) => fact('UitvalRecorded', { effectiveDate, cause: 'noFittingTasks' });

  test('belongs to the latest spell that began on or before its date', () => {
    const two = [signed('2022-01-01'), contractEnded('2022-06-30'), signed('2023-01-01'), contractEnded('2023-06-30')];
    expect(ends(...two, how('2022-12-31')).map(({ explicit }) => explicit?.kind)).toEqual(['uitval', undefined]);
    expect(ends(...two, how('2023-01-01')).map(({ explicit }) => explicit?.kind)).toEqual([undefined, 'uitval']);
    expect(verdicts(...two, how('2021-12-31')).at(-1)).toBe('parked: noContract');
    expect(verdicts(how('2021-12-31'))).toEqual(['parked: noContract']);
  });
  test('stands while no last day is recorded, and is then said of that spell’s end', () => {
    expect(ends(signed('2023-01-01'), how('2023-06-30'))[0]).toMatchObject({
      lastDay: null,
      explicit: { kind: 'uitval' },
    });
    const later = [
      signed('2023-01-01', '2023-12-31'),
      how('2023-12-01'),
      extended('2024-01-01', '2024-12-31'),
      contractEnded('2024-06-30'),
    ];
    expect(ends(...later)[0]).toMatchObject({ lastDay: '2024-06-30', explicit: { kind: 'uitval' } });
  });
  test('gives way to a lower rank in the same spell, and to the fact that gives the last day', () => {
    expect(verdicts(signed('2023-01-01'), how('2023-06-30'), how('2023-06-01'))).toEqual([
      'stands',
      'stands',
      'parked: otherFactStands because of e3',
    ]);
    expect(verdicts(signed('2023-01-01'), how('2023-06-01'), doorstroom('2023-06-30'))).toEqual([
      'stands',
      'parked: otherFactStands because of e4',
      'stands',
    ]);
    expect(
      verdicts(signed('2023-01-01'), contractEnded('2023-06-30'), how('2023-06-01'), doorstroom('2023-06-30')),
    ).toEqual(['stands', 'stands', 'stands', 'parked: otherFactStands because of e4']);
  });
});

describe('hired by the inlener', () => {
  const detached = registered({ arrangement: 'detacheringIndividual', inleners: [{ employerId: 'kvk:2', share: 1 }] });

  test('is said of the latest spell that began before, and is no end', () => {
    const { spells } = given(
      detached,
      signed('2023-02-01', '2023-07-31', { form: 'uitzend' }),
      hiredByInlener('2023-08-01', 'kvk:2', 'next'),
    ).timeline();
    expect(spells).toHaveLength(1);
    expect(spells[0]?.end).toMatchObject({
      lastDay: null,
      hiredByInlener: { from: '2023-08-01', employerId: 'kvk:2', successorPlacementId: 'next' },
    });
  });
  test('may carry on in the same placement', () => {
    const { spells } = given(
      detached,
      signed('2023-02-01', '2023-07-31', { form: 'uitzend' }),
      hiredByInlener('2023-08-01', 'kvk:2'),
      signed('2023-08-01'),
    ).timeline();
    expect(
      spells.map(({ firstDay, contracts, end }) => [firstDay, contracts.length, end.hiredByInlener?.from]),
    ).toEqual([['2023-02-01', 2, '2023-08-01']]);
  });
  test('with a gap it is said of the spell before', () => {
    const { spells } = given(
      detached,
      signed('2023-02-01', '2023-06-30'),
      hiredByInlener('2023-08-01', 'kvk:2'),
      signed('2023-08-01'),
    ).timeline();
    expect(spells.map(({ end }) => end.hiredByInlener?.from ?? null)).toEqual(['2023-08-01', null]);
  });
});
