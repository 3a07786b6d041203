import { fact, given, hiredByInlener, registered, signed, type Story } from '@bestendig/testing';
import type { Fact, Inlener, PlacementFactData } from '.';

const verdicts = (...facts: Story): readonly string[] => given(...facts).verdicts();
const hours = (effectiveDate: string, hoursPerWeek: number): Fact =>
  fact('HoursChanged', { effectiveDate, hoursPerWeek });
const work = (data: PlacementFactData['WorkChanged']): Fact => fact('WorkChanged', data);
const arrangement = (
  effectiveDate: string,
  to: PlacementFactData['ArrangementChanged']['arrangement'],
  inleners?: readonly Inlener[],
): Fact =>
  fact('ArrangementChanged', { effectiveDate, arrangement: to, ...(inleners === undefined ? {} : { inleners }) });

const pairs = <T>(values: readonly { readonly from: string; readonly value: T }[]): readonly (readonly [string, T])[] =>
  values.map(({ from, value }) => [from, value]);

describe('dated values', () => {
  test('the registration gives the first; changes follow by day, also from before it', () => {
    const { hoursPerWeek } = given(
      registered({ effectiveDate: '2023-01-01' }),
      hours('2024-01-01', 32),
      hours('2022-05-01', 12),
    ).timeline();
    expect(pairs(hoursPerWeek)).toEqual([
      ['2022-05-01', 12],
      ['2023-01-01', 24],
      ['2024-01-01', 32],
    ]);
  });
  test('a change on the day of the registration counts', () => {
    const { hoursPerWeek } = given(registered({ effectiveDate: '2023-01-01' }), hours('2023-01-01', 32)).timeline();
    expect(pairs(hoursPerWeek)).toEqual([['2023-01-01', 32]]);
  });
  test('of two on one day the lower rank stands', () => {
    expect(verdicts(registered(), hours('2023-05-01', 32), hours('2023-05-01', 36))).toEqual([
      'stands',
      'stands',
      'parked: otherFactStands because of e2',
    ]);
    expect(
      verdicts(
        registered(),
        work({ effectiveDate: '2023-05-01', taskCode: 'a' }),
        work({ effectiveDate: '2023-05-01', taskCode: 'b' }),
      ).at(-1),
    ).toBe('parked: otherFactStands because of e2');
    expect(
      verdicts(registered(), arrangement('2023-05-01', 'uitzend'), arrangement('2023-05-01', 'inkoop')).at(-1),
    ).toBe('parked: otherFactStands because of e2');
  });
  test('a code of the work that a change does not name stays', () => {
    const { work: found } = given(
      registered(),
      work({ effectiveDate: '2023-02-01', departmentCode: 'd1', taskCode: 't1' }),
      work({ effectiveDate: '2023-05-01', departmentCode: 'd2' }),
      work({ effectiveDate: '2023-04-01', locationCode: 'l1' }),
    ).timeline();
    expect(pairs(found)).toEqual([
      ['2023-02-01', { departmentCode: 'd1', taskCode: 't1' }],
      ['2023-04-01', { departmentCode: 'd1', taskCode: 't1', locationCode: 'l1' }],
      ['2023-05-01', { departmentCode: 'd2', taskCode: 't1', locationCode: 'l1' }],
    ]);
  });
});

test('a training is completed once a day by each', () => {
  const harrie = (by: 'buddy' | 'manager'): Fact =>
    fact('TrainingCompleted', { effectiveDate: '2023-05-01', training: 'harrie', by });
  const facts: Story = [registered(), harrie('buddy'), harrie('manager'), harrie('buddy')];
  expect(verdicts(...facts)).toEqual(['stands', 'stands', 'stands', 'parked: otherFactStands because of e2']);
  expect(
    given(...facts)
      .timeline()
      .trainings.map(({ by }) => by),
  ).toEqual(['buddy', 'manager']);
});

describe('hired by the inlener', () => {
  const inleners = [{ employerId: 'kvk:2', share: 0.5 }, { employerId: 'kvk:3', share: 0.5 }]; // prettier-ignore
  const detached = registered({ effectiveDate: '2023-01-01', arrangement: 'detacheringGroup', inleners });

  test('the inlener is then the employer, in own employment', () => {
    const { employer, arrangement: found } = given(
      detached,
      signed('2023-01-01'),
      hiredByInlener('2023-08-01', 'kvk:3'),
    ).timeline();
    expect(pairs(employer)).toEqual([
      ['2023-01-01', 'kvk:1'],
      ['2023-08-01', 'kvk:3'],
    ]);
    expect(pairs(found)).toEqual([
      ['2023-01-01', { arrangement: 'detacheringGroup', inleners }],
      ['2023-08-01', { arrangement: 'ownEmployment', inleners: [] }],
    ]);
  });
  test('an arrangement that is said to change that day counts', () => {
    const { arrangement: found } = given(
      detached,
      hiredByInlener('2023-08-01', 'kvk:3'),
      arrangement('2023-08-01', 'beschut'),
    ).timeline();
    expect(found.map(({ value }) => value.arrangement)).toEqual(['detacheringGroup', 'beschut']);
  });
  test('needs an arrangement on the day before that lends to that employer', () => {
    expect(verdicts(detached, hiredByInlener('2023-08-01', 'kvk:9')).at(-1)).toBe('parked: noInlener');
    expect(verdicts(registered(), hiredByInlener('2023-08-01', 'kvk:2')).at(-1)).toBe('parked: noInlener');
    expect(
      verdicts(registered({ arrangement: 'inkoop', inleners }), hiredByInlener('2023-08-01', 'kvk:2')).at(-1),
    ).toBe('parked: noInlener');
    expect(
      verdicts(
        detached,
        arrangement('2023-08-01', 'uitzend', [{ employerId: 'kvk:9', share: 1 }]),
        hiredByInlener('2023-08-01', 'kvk:9'),
      ).at(-1),
    ).toBe('parked: noInlener');
    expect(
      verdicts(
        detached,
        arrangement('2023-07-31', 'uitzend', [{ employerId: 'kvk:9', share: 1 }]),
        hiredByInlener('2023-08-01', 'kvk:9'),
      ).at(-1),
    ).toBe('stands');
  });
  test('an arrangement that names no inleners may have any', () => {
    expect(verdicts(registered({ arrangement: 'uitzend' }), hiredByInlener('2023-08-01', 'kvk:9')).at(-1)).toBe(
      'stands',
    );
  });
  test('before the registration the first arrangement known counts', () => {
    expect(verdicts(detached, hiredByInlener('2022-08-01', 'kvk:2')).at(-1)).toBe('stands');
  });
  test('on the day of the registration it counts before that', () => {
    const { employer, arrangement: found } = given(detached, hiredByInlener('2023-01-01', 'kvk:2')).timeline();
    expect(pairs(employer)).toEqual([['2023-01-01', 'kvk:2']]);
    expect(pairs(found)).toEqual([['2023-01-01', { arrangement: 'ownEmployment', inleners: [] }]]);
  });
  test('happens once', () => {
    expect(verdicts(detached, hiredByInlener('2023-08-01', 'kvk:2'), hiredByInlener('2023-06-01', 'kvk:3'))).toEqual([
      'stands',
      'stands',
      'parked: otherFactStands because of e2',
    ]);
    expect(verdicts(detached, hiredByInlener('2023-08-01', 'kvk:9'), hiredByInlener('2023-06-01', 'kvk:3'))).toEqual([
      'stands',
      'parked: noInlener',
      'stands',
    ]);
  });
});
