import * as fc from 'fast-check';

import { addMonths, dayNumberOf, isWorkingDay, momentText, monthEndOf, officeSecond, textOf, weekdayOf, workingDayFrom } from './calendar';

const MS_PER_DAY = 86_400_000;
const someDay = fc.integer({ min: dayNumberOf(1985, 1, 1), max: dayNumberOf(2035, 12, 31) });

test('a day reads as the calendar has it', () => {
  fc.assert(
    fc.property(someDay, (day) => {
      const date = new Date(day * MS_PER_DAY);
      expect(textOf(day)).toBe(date.toISOString().slice(0, 10));
      expect(weekdayOf(day)).toBe((date.getUTCDay() + 6) % 7);
      expect(textOf(monthEndOf(day) + 1).slice(-2)).toBe('01');
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['2023-01-31', 1, '2023-02-28'],
  ['2024-01-31', 1, '2024-02-29'],
  ['2022-10-13', 7, '2023-05-13'],
  ['2023-11-30', 3, '2024-02-29'],
  ['2023-03-15', 12, '2024-03-15'],
])('%s and %i months is %s', (from, months, to) => {
  expect(textOf(addMonths(Date.parse(from) / MS_PER_DAY, months))).toBe(to);
});

test('office hours follow the clock in the Netherlands, in winter and in summer', () => {
  const nine = (year: number, month: number, day: number): string => momentText(officeSecond(dayNumberOf(year, month, day), 9 * 3_600));
  expect(nine(2024, 3, 29)).toBe('2024-03-29T08:00:00Z');
  expect(nine(2024, 4, 1)).toBe('2024-04-01T07:00:00Z');
  expect(nine(2024, 10, 25)).toBe('2024-10-25T07:00:00Z');
  expect(nine(2024, 10, 28)).toBe('2024-10-28T08:00:00Z');
});

test('an office is closed at weekends, at New Year, on King’s Day and at Christmas', () => {
  expect(isWorkingDay(dayNumberOf(2026, 4, 27))).toBe(false);
  expect(textOf(workingDayFrom(dayNumberOf(2025, 12, 25)))).toBe('2025-12-29');
  expect(textOf(workingDayFrom(dayNumberOf(2026, 1, 1)))).toBe('2026-01-02');
});
