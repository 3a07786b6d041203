import type { Day, Precision } from './facts';

/**
 * Arithmetic on calendar days in the proleptic Gregorian calendar, without clock, zone or Date object: a day is text
 * (`YYYY-MM-DD`, whose text order is time order) or a number of days since 1970-01-01.
 */

const ZERO = 48;

/** True for a text that is a real calendar day from 0001-01-01 to 9999-12-31. */
export function isDay(value: unknown): value is Day {
  if (typeof value !== 'string' || value.length !== 10) return false;
  for (let i = 0; i < 10; i++) {
    const code = value.charCodeAt(i);
    if (i === 4 || i === 7 ? code !== 45 : code < ZERO || code > 57) return false;
  }
  const year = yearOf(value);
  const month = monthOf(value);
  const date = dateOf(value);
  return year > 0 && month >= 1 && month <= 12 && date >= 1 && date <= daysInMonth(year, month);
}

function yearOf(day: Day): number {
  return (
    (day.charCodeAt(0) - ZERO) * 1000 +
    (day.charCodeAt(1) - ZERO) * 100 +
    (day.charCodeAt(2) - ZERO) * 10 +
    (day.charCodeAt(3) - ZERO)
  );
}

function monthOf(day: Day): number {
  return (day.charCodeAt(5) - ZERO) * 10 + (day.charCodeAt(6) - ZERO);
}

function dateOf(day: Day): number {
  return (day.charCodeAt(8) - ZERO) * 10 + (day.charCodeAt(9) - ZERO);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 (negative before). Years are counted from March, so that the leap day is the last of its year. */
export function dayNumber(day: Day): number {
  const month = monthOf(day);
  const year = month <= 2 ? yearOf(day) - 1 : yearOf(day);
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dateOf(day) - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The day that is `number` days after 1970-01-01: the inverse of dayNumber. */
export function dayOf(number: number): Day {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return text(year, month, dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1);
}

function text(year: number, month: number, date: number): Day {
  const years = year >= 1000 ? `${year}` : `${year}`.padStart(4, '0');
  return `${years}-${month < 10 ? '0' : ''}${month}-${date < 10 ? '0' : ''}${date}`;
}

export function addDays(day: Day, days: number): Day {
  return dayOf(dayNumber(day) + days);
}

/** The same date `months` later (or earlier), clamped to the month's last day: 31 January + 1 month = 28 or 29 February. */
export function addMonths(day: Day, months: number): Day {
  const total = yearOf(day) * 12 + monthOf(day) - 1 + months;
  const year = Math.floor(total / 12);
  const month = total - year * 12 + 1;
  return text(year, month, Math.min(dateOf(day), daysInMonth(year, month)));
}

/**
 * The last day of a period of `months` months that begins on `first`: 7 months from 13 October end on 12 May (DOMAIN
 * 2.1). Where the last month has no such date the period ends with that month: 1 month from 31 January ends on its
 * last day of February.
 */
export function lastDayOfMonths(first: Day, months: number): Day {
  const same = addMonths(first, months);
  return dateOf(same) === dateOf(first) ? addDays(same, -1) : same;
}

/** First and last day of the month, quarter or year that `day` lies in (of a day: itself). */
export function periodAround(day: Day, precision: Precision): { readonly first: Day; readonly last: Day } {
  const year = yearOf(day);
  const month = monthOf(day);
  switch (precision) {
    case 'day':
      return { first: day, last: day };
    case 'month':
      return { first: text(year, month, 1), last: text(year, month, daysInMonth(year, month)) };
    case 'quarter': {
      const from = month - ((month - 1) % 3);
      return { first: text(year, from, 1), last: text(year, from + 2, daysInMonth(year, from + 2)) };
    }
    case 'year':
      return { first: text(year, 1, 1), last: text(year, 12, 31) };
  }
}

/**
 * The day on which a date is placed that is known as a month, quarter or year only (MEASURES 2): the middle one, and
 * the earlier of the two middle ones where the number of days is even.
 */
export function middleOf(period: { readonly first: Day; readonly last: Day }): Day {
  return dayOf(Math.floor((dayNumber(period.first) + dayNumber(period.last)) / 2));
}
