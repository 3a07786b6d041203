import { END_CODES, endCodePolicy, KETEN, POLICY_MOMENTS, PROEFPLAATSING, PROEFTIJD, rowOn } from './policies';

test('a row holds from its first day until the next, and only once it is known', () => {
  expect(rowOn(KETEN, '1998-12-31')).toBeNull();
  expect(rowOn(KETEN, '2015-06-30')).toMatchObject({ months: 36, gapMonths: 3 });
  expect(rowOn(KETEN, '2015-07-01')).toMatchObject({ months: 24, gapMonths: 6 });
  expect(rowOn(KETEN, '2020-01-01')).toMatchObject({ months: 36, gapMonths: 6 });
  expect(rowOn(KETEN, '2020-01-01', '2019-05-28T23:59:59.999999Z')).toMatchObject({ months: 24 });
  expect(rowOn(PROEFPLAATSING.gemeente, '2023-06-30')).toMatchObject({ firstMonths: 6, totalMonths: 6 });
  expect(rowOn(PROEFPLAATSING.gemeente, '2023-07-01')).toMatchObject({ firstMonths: 2, totalMonths: 6 });
});

test('tables ascend, have a source, and no proefplaatsing is longer than 6 months', () => {
  for (const rows of [KETEN, PROEFTIJD, ...Object.values(PROEFPLAATSING)]) {
    expect(rows.map(({ from }) => from)).toEqual([...new Set(rows.map(({ from }) => from))].sort());
    for (const { source } of rows) expect(source).not.toBe('');
  }
  for (const { totalMonths } of [...PROEFPLAATSING.uwv, ...PROEFPLAATSING.gemeente])
    expect(totalMonths).toBeLessThanOrEqual(6);
});

test('outcomes of the end codes are those of MEASURES 3', () => {
  const byOutcome = (outcome: string): readonly string[] =>
    END_CODES.filter((row) => row.outcome === outcome).map(({ code }) => code);
  expect(byOutcome('uitval')).toEqual(['01', '03', '04', '05', '06', '21', '40', '50']);
  expect(byOutcome('otherKnown')).toEqual(['31', '32', '33', '34', '51']);
  expect(byOutcome('otherUnknown')).toEqual(['02', '20', '30', '41', '99']);
  expect(byOutcome('continues')).toEqual(['90', '91', '92']);
  expect(END_CODES.filter(({ pensionOrDeath }) => pensionOrDeath).map(({ code }) => code)).toEqual(['32', '33']);
  expect(endCodePolicy('77')).toBeNull();
  expect(endCodePolicy('92', '2022-12-31T00:00:00.000000Z')).toBeNull();
});

test('the moments at which a rule became known are listed once, in order', () => {
  expect(POLICY_MOMENTS).toEqual([...new Set(POLICY_MOMENTS)].sort());
  expect(POLICY_MOMENTS).toContain('2019-05-29T00:00:00.000000Z');
  expect(POLICY_MOMENTS.every((moment) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(moment))).toBe(true);
});
