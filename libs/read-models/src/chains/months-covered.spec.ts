import { addDays, addMonths } from '@bestendig/placement-domain';
import fc from 'fast-check';
import { EVER_MONTHS, monthsCovered } from './months-covered';

const day = fc.integer({ min: 0, max: 4_000 }).map((days) => addDays('2015-01-01', days));
const endsOfMonths = fc.constantFrom(
  '2019-12-31',
  '2020-01-29',
  '2020-01-30',
  '2020-01-31',
  '2020-02-28',
  '2020-02-29',
  '2020-03-01',
);

test('covers exactly the horizons whose day lies in the piece', () => {
  fc.assert(
    fc.property(fc.oneof(day, endsOfMonths), fc.nat(900), fc.option(fc.nat(900)), (day0, begin, length) => {
      const firstDay = addDays(day0, begin);
      const lastDay = length === null ? null : addDays(firstDay, length);
      const { first, last } = monthsCovered(day0, firstDay, lastDay);
      for (let months = 0; months <= 62; months += 1) {
        const horizon = addMonths(day0, months);
        expect(months >= first && months <= last).toBe(horizon >= firstDay && (lastDay === null || horizon <= lastDay));
      }
    }),
    { numRuns: 200 },
  );
});

test('the first piece, and it alone, covers horizon 0', () => {
  expect(monthsCovered('2020-01-31', '2020-01-31', '2020-01-31')).toEqual({ first: 0, last: 0 });
  expect(monthsCovered('2020-01-31', '2020-02-01', null)).toEqual({ first: 1, last: EVER_MONTHS });
});
