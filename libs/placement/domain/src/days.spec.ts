import fc from 'fast-check';
import { addDays, addMonths, dayNumber, dayOf, isDay, lastDayOfMonths, middleOf, periodAround } from './days';

const anyDay = fc.integer({ min: dayNumber('0001-01-01'), max: dayNumber('9999-12-31') }).map(dayOf);
/** The platform's own calendar, to check ours against. */
const platform = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000;

test('days and numbers are each other’s inverse and agree with the platform’s calendar', () => {
  expect(dayNumber('1970-01-01')).toBe(0);
  expect(dayOf(0)).toBe('1970-01-01');
  const wrong: number[] = [];
  for (let n = dayNumber('1899-12-25'); n < dayNumber('2105-01-05'); n++) if (platform(dayOf(n)) !== n) wrong.push(n);
  expect(wrong).toEqual([]);
  fc.assert(
    fc.property(anyDay, (day) => {
      expect(isDay(day)).toBe(true);
      expect(dayOf(dayNumber(day))).toBe(day);
      expect(dayNumber(day)).toBe(platform(day));
    }),
  );
});

test.each([
  '2023-02-29', '2100-02-29', '2023-04-31', '2023-13-01', '2023-00-10', '2023-01-00', '2023-1-01', '20230101', '2023-01-01T00', '0000-01-01', ' 2023-01-0', '', null, 20230101,
])('%p is no day', (value) => {
  expect(isDay(value)).toBe(false);
}); // prettier-ignore

test('a leap day is a day', () => {
  expect(isDay('2024-02-29')).toBe(true);
  expect(isDay('2000-02-29')).toBe(true);
});

describe('months are clamped (DOMAIN 2.1)', () => {
  test('31 January + 1 month is the last day of February', () => {
    expect(addMonths('2023-01-31', 1)).toBe('2023-02-28');
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2024-02-29', 12)).toBe('2025-02-28');
    expect(addMonths('2023-03-31', -1)).toBe('2023-02-28');
    expect(addMonths('2023-01-15', -13)).toBe('2021-12-15');
  });

  test('7 months from 13 October end on 12 May', () => {
    expect(lastDayOfMonths('2023-10-13', 7)).toBe('2024-05-12');
    expect(lastDayOfMonths('2023-01-01', 12)).toBe('2023-12-31');
  });

  test('a period whose last month has no such date ends with that month', () => {
    expect(lastDayOfMonths('2023-01-31', 1)).toBe('2023-02-28');
    expect(lastDayOfMonths('2023-08-31', 6)).toBe('2024-02-29');
    expect(lastDayOfMonths('2023-03-01', 12)).toBe('2024-02-29');
  });

  test('a longer period never ends earlier, and a period that starts later never ends earlier', () => {
    fc.assert(
      fc.property(
        anyDay.filter((day) => day < '9900'),
        fc.nat(600),
        fc.nat(40),
        (day, months, days) => {
          expect(lastDayOfMonths(day, months + 1) > lastDayOfMonths(day, months)).toBe(true);
          expect(lastDayOfMonths(addDays(day, days), months) >= lastDayOfMonths(day, months)).toBe(true);
          expect(addMonths(addMonths(day, months), -months) <= day).toBe(true);
        },
      ),
    );
  });
});

describe('a date that is not a day lies in the middle of its period (MEASURES 2)', () => {
  test.each([
    ['2023-07-09', 'month', '2023-07-01', '2023-07-31', '2023-07-16'],
    ['2023-04-30', 'month', '2023-04-01', '2023-04-30', '2023-04-15'],
    ['2023-02-01', 'month', '2023-02-01', '2023-02-28', '2023-02-14'],
    ['2024-02-29', 'month', '2024-02-01', '2024-02-29', '2024-02-15'],
    ['2023-05-05', 'quarter', '2023-04-01', '2023-06-30', '2023-05-16'],
    ['2023-12-31', 'quarter', '2023-10-01', '2023-12-31', '2023-11-15'],
    ['2023-05-05', 'year', '2023-01-01', '2023-12-31', '2023-07-02'],
    ['2024-05-05', 'year', '2024-01-01', '2024-12-31', '2024-07-01'],
    ['2023-05-05', 'day', '2023-05-05', '2023-05-05', '2023-05-05'],
  ] as const)('%s known to the %s: %s to %s, middle %s', (day, precision, first, last, middle) => {
    const period = periodAround(day, precision);
    expect(period).toEqual({ first, last });
    expect(middleOf(period)).toBe(middle);
  });
});
