import {
  contractEnded,
  continued,
  extended,
  fact,
  given,
  registered,
  signed,
  told,
  uitval,
  type Story,
} from '@bestendig/testing';
import type { Fact, Notice } from '.';

const notices = (...facts: Story): readonly (readonly [Notice['code'], string, string])[] =>
  given(registered(), ...facts)
    .timeline()
    .notices.map(({ code, date, eventId }) => [code, date, eventId]);
const permanentByLaw = (date: string, eventId: string) => ['permanentByKeten', date, eventId] as const;

describe('keten (DOMAIN 2.1)', () => {
  const years = [
    signed('2021-01-01', '2021-12-31'),
    extended('2022-01-01', '2022-12-31'),
    extended('2023-01-01', '2023-12-31'),
  ];

  test('three contracts in exactly 36 months stay temporary; the fourth is permanent from its first day', () => {
    expect(notices(...years)).toEqual([]);
    expect(notices(...years, extended('2024-01-01', '2024-06-30'))).toEqual([permanentByLaw('2024-01-01', 'e5')]);
    const half = [
      signed('2021-01-01', '2021-06-30'),
      extended('2021-07-01', '2021-12-31'),
      extended('2022-01-01', '2022-06-30'),
    ];
    expect(notices(...half)).toEqual([]);
    expect(notices(...half, extended('2022-07-01', '2022-12-31'))).toEqual([permanentByLaw('2022-07-01', 'e5')]);
  });
  test('month 37 makes the contract that runs then permanent, from its first day', () => {
    expect(notices(signed('2021-01-01', '2022-12-31'), extended('2023-01-01', '2024-01-01'))).toEqual([
      permanentByLaw('2024-01-01', 'e3'),
    ]);
    expect(notices(signed('2021-01-01', '2024-06-30'))).toEqual([permanentByLaw('2024-01-01', 'e2')]);
    // It ended in time after all.
    expect(notices(signed('2021-01-01', '2024-06-30'), contractEnded('2023-12-31'))).toEqual([]);
  });
  test('a gap of exactly 6 months counts, and in its months too; one day more begins a new keten', () => {
    const before = [signed('2020-01-01', '2020-12-31'), contractEnded('2020-12-31')];
    expect(notices(...before, signed('2021-07-01', '2023-06-30'))).toEqual([permanentByLaw('2023-01-01', 'e4')]);
    expect(notices(...before, signed('2021-07-02', '2023-06-30'))).toEqual([]);
  });
  test('until 1-7-2015 a gap of more than 3 months was enough', () => {
    const three = [
      signed('2012-01-01', '2012-06-30'),
      extended('2012-07-01', '2012-12-31'),
      extended('2013-01-01', '2013-06-30'),
    ];
    expect(notices(...three, signed('2013-10-01', '2014-03-31'))).toEqual([permanentByLaw('2013-10-01', 'e5')]);
    expect(notices(...three, signed('2013-10-02', '2014-03-31'))).toEqual([]);
  });
  test('a contract that ends on or after 1-1-2020 falls under 36 months, one that ends before under 24', () => {
    expect(notices(signed('2017-10-01', '2018-09-30'), extended('2018-10-01', '2019-12-31'))).toEqual([
      permanentByLaw('2019-10-01', 'e3'),
    ]);
    expect(notices(signed('2017-10-01', '2018-09-30'), extended('2018-10-01', '2020-01-01'))).toEqual([]);
    expect(notices(signed('2017-01-01', '2017-12-31'), extended('2018-01-01', '2020-02-29'))).toEqual([
      permanentByLaw('2020-01-01', 'e3'),
    ]);
  });
  test('as known before the law of 2020 the old rule counts', () => {
    const at = (recordedAt: string) => ({ recordedAt });
    const story = given(
      told(registered(), at('2018-01-01T00:00:00.000000Z')),
      told(signed('2018-02-01', '2019-01-31'), at('2018-02-01T00:00:00.000000Z')),
      told(extended('2019-02-01', '2020-07-31'), at('2019-01-15T00:00:00.000000Z')),
    );
    expect(story.timeline('2019-03-01T00:00:00.000000Z').notices).toMatchObject([
      { code: 'permanentByKeten', date: '2020-02-01' },
    ]);
    expect(story.timeline('2019-06-01T00:00:00.000000Z').notices).toEqual([]);
    expect(story.timeline().notices).toEqual([]);
  });
  test('BBL is not counted, nor are uitzend and appointments under public law', () => {
    for (const form of ['bbl', 'uitzend', 'publiekrechtelijk', 'wsw'] as const) {
      expect(notices(signed('2021-01-01', '2025-12-31', { form }))).toEqual([]);
    }
    expect(notices(signed('2021-01-01', '2025-12-31', { form: 'payroll' }))).toHaveLength(1);
    const learnt = [
      signed('2019-01-01', '2022-12-31', { form: 'bbl' }),
      signed('2023-01-01', '2023-12-31'),
      extended('2024-01-01', '2024-12-31'),
    ];
    expect(notices(...learnt)).toEqual([]);
  });
  test('a permanent contract is not made permanent, and ends the keten', () => {
    expect(notices(...years, extended('2024-01-01'))).toEqual([]);
    expect(notices(...years, fact('ContractMadePermanent', { effectiveDate: '2023-06-01' }))).toEqual([]);
    expect(notices(signed('2021-01-01'), contractEnded('2023-12-31'), signed('2024-01-01', '2024-12-31'))).toEqual([]);
    // Made permanent only after the law had done so.
    expect(
      notices(signed('2021-01-01', '2024-12-31'), fact('ContractMadePermanent', { effectiveDate: '2024-03-01' })),
    ).toEqual([permanentByLaw('2024-01-01', 'e2')]);
  });
  test('it is said once of a keten, and again of the next', () => {
    const six = [...years, extended('2024-01-01', '2024-12-31'), extended('2025-01-01', '2025-12-31')];
    expect(notices(...six)).toHaveLength(1);
    expect(notices(...six, contractEnded('2025-12-31'), signed('2027-01-01', '2030-12-31'))).toEqual([
      permanentByLaw('2024-01-01', 'e5'),
      permanentByLaw('2030-01-01', 'e8'),
    ]);
  });
});

describe('proeftijd', () => {
  const trial: Fact = fact('ProefplaatsingStarted', {
    effectiveDate: '2023-01-01',
    plannedEnd: '2023-02-28',
    authority: 'uwv',
  });
  const year = (proeftijdDays: number): Fact => signed('2023-03-01', '2024-02-29', { proeftijdDays });

  test('after a proefplaatsing is noticed (DOMAIN 1.2)', () => {
    expect(notices(trial, year(30))).toEqual([['proeftijdAfterProefplaatsing', '2023-03-01', 'e3']]);
    expect(notices(trial, signed('2023-01-01', '2023-12-31', { proeftijdDays: 30 }))).toEqual([]);
    expect(notices(trial, year(0))).toEqual([]);
    expect(notices(year(30))).toEqual([]);
  });
  test('in a contract of at most 6 months is noticed, since 1-1-2015 (DOMAIN 2.1)', () => {
    expect(notices(signed('2023-03-01', '2023-08-31', { proeftijdDays: 30 }))).toEqual([
      ['proeftijdInShortContract', '2023-03-01', 'e2'],
    ]);
    expect(notices(signed('2023-03-01', '2023-09-01', { proeftijdDays: 30 }))).toEqual([]);
    expect(notices(signed('2014-12-01', '2015-05-31', { proeftijdDays: 30 }))).toEqual([]);
  });
  test('a contract that starts before the proefplaatsing has ended is noticed', () => {
    const ended: Fact = fact('ProefplaatsingEnded', { effectiveDate: '2023-02-28', converted: true });
    expect(notices(trial, ended, signed('2023-02-28'))).toEqual([
      ['contractStartsInProefplaatsing', '2023-02-28', 'e4'],
    ]);
    expect(notices(trial, ended, signed('2023-03-01'))).toEqual([]);
    expect(notices(trial, signed('2023-02-01'))).toEqual([]);
    // A next contract in employment that began before: something else is tried.
    expect(notices(trial, ended, signed('2022-02-01', '2023-01-31'), extended('2023-02-01', '2024-01-31'))).toEqual([]);
  });
});

describe('end codes (DOMAIN 2.4)', () => {
  const ends = (lastDay: string, endCode: string) =>
    notices(signed('2019-01-01'), contractEnded(lastDay, endCode)).map(([code]) => code);

  test('used within their dates, at the first and last day, are no matter', () => {
    expect([
      ends('2020-01-01', '30'),
      ends('2022-12-31', '02'),
      ends('2023-01-01', '05'),
      ends('2026-01-01', '32'),
    ]).toEqual([[], [], [], []]);
  });
  test('used outside them are noticed', () => {
    for (const [lastDay, code] of [['2019-12-31', '30'], ['2023-01-01', '02'], ['2022-12-31', '92'], ['2025-12-31', '33']] as const) {
      expect(ends(lastDay, code)).toEqual(['endCodeOutsideItsDates']);
    } // prettier-ignore
  });
  test('unlisted are noticed, with whatever fact they come', () => {
    expect(ends('2023-06-30', '77')).toEqual(['endCodeUnlisted']);
    expect(notices(signed('2019-01-01'), uitval('2023-06-30', { endCode: '77' }))).toEqual([
      ['endCodeUnlisted', '2023-06-30', 'e3'],
    ]);
    expect(notices(signed('2019-01-01'), continued('2021-06-30', '91'))).toEqual([
      ['endCodeOutsideItsDates', '2021-06-30', 'e3'],
    ]);
  });
  test('of a fact that does not stand are not', () => {
    expect(notices(contractEnded('2023-06-30', '77'))).toEqual([]);
  });
  test('are known from when their list is', () => {
    const in2025 = (day: number) => ({ recordedAt: `2025-12-0${day}T00:00:00.000000Z` });
    const early = given(
      told(registered(), in2025(1)),
      told(signed('2023-01-01'), in2025(2)),
      told(contractEnded('2026-03-31', '32'), in2025(3)),
    );
    expect(early.timeline('2025-12-31T00:00:00.000000Z').notices.map(({ code }) => code)).toEqual(['endCodeUnlisted']);
    expect(early.timeline('2026-01-01T00:00:00.000000Z').notices).toEqual([]);
  });
});
