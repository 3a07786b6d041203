/**
 * Days as integers since 1970-01-01, read from tables made once: a history of a million placements asks for some
 * thirty million dates, and Date objects would take most of the time.
 */
const FIRST_YEAR = 1980;
const LAST_YEAR = 2040;
const MS_PER_DAY = 86_400_000;

/** First days of the months from January of the first year on, one beyond the last. */
const MONTH_STARTS: number[] = [];
for (let month = 0; month <= (LAST_YEAR - FIRST_YEAR + 1) * 12; month += 1) {
  MONTH_STARTS.push(Date.UTC(FIRST_YEAR, month, 1) / MS_PER_DAY);
}

/** Number of the day since 1970-01-01. A month above 12 lies in a later year. */
export function dayNumberOf(year: number, month: number, dayOfMonth: number): number {
  const start = MONTH_STARTS[(year - FIRST_YEAR) * 12 + month - 1];
  if (start === undefined) throw new RangeError(`Month ${month} of ${year} lies outside ${FIRST_YEAR} to ${LAST_YEAR}`);
  return start + dayOfMonth - 1;
}

const FIRST_DAY = dayNumberOf(FIRST_YEAR, 1, 1);
const LAST_DAY = dayNumberOf(LAST_YEAR, 12, 31);
const TEXTS: string[] = [];
const YEARS: number[] = [];
const MONTHS: number[] = [];
const DAYS_OF_MONTH: number[] = [];
/** Hours that the clock in the Netherlands is ahead of UTC in office hours (EU summer time). */
const HOURS_AHEAD: number[] = [];
for (let day = FIRST_DAY; day <= LAST_DAY; day += 1) {
  const date = new Date(day * MS_PER_DAY);
  const year = date.getUTCFullYear();
  TEXTS.push(date.toISOString().slice(0, 10));
  YEARS.push(year);
  MONTHS.push(date.getUTCMonth() + 1);
  DAYS_OF_MONTH.push(date.getUTCDate());
  HOURS_AHEAD.push(day >= lastSundayOf(year, 3) && day < lastSundayOf(year, 10) ? 2 : 1);
}

function lastSundayOf(year: number, month: number): number {
  const last = lastDayOfMonth(year, month);
  return last - ((weekdayOf(last) + 1) % 7);
}

function at<T>(table: readonly T[], day: number): T {
  const value = table[day - FIRST_DAY];
  if (value === undefined) throw new RangeError(`Day ${day} lies outside ${FIRST_YEAR} to ${LAST_YEAR}`);
  return value;
}

/** `YYYY-MM-DD`. */
export const textOf = (day: number): string => at(TEXTS, day);
export const yearOf = (day: number): number => at(YEARS, day);
export const monthOf = (day: number): number => at(MONTHS, day);
export const dayOfMonthOf = (day: number): number => at(DAYS_OF_MONTH, day);
/** 0 is Monday, 6 is Sunday. */
export function weekdayOf(day: number): number {
  return (day + 3) % 7;
}

/** The day of month is clamped: 31 January + 1 month is the last of February (DOMAIN 2.1). */
export function addMonths(day: number, months: number): number {
  const index = yearOf(day) * 12 + monthOf(day) - 1 + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  return Math.min(dayNumberOf(year, month, dayOfMonthOf(day)), lastDayOfMonth(year, month));
}

function lastDayOfMonth(year: number, month: number): number {
  return dayNumberOf(year, month + 1, 1) - 1;
}

/** The last day of the month that `day` lies in. */
export const monthEndOf = (day: number): number => lastDayOfMonth(yearOf(day), monthOf(day));

/** Offices are closed at weekends and on the fixed Dutch holidays; those that move with Easter are left out. */
export function isWorkingDay(day: number): boolean {
  if (weekdayOf(day) > 4) return false;
  const date = monthOf(day) * 100 + dayOfMonthOf(day);
  return date !== 101 && date !== 427 && date !== 1225 && date !== 1226;
}

/** `day` itself, or the first working day after it. */
export function workingDayFrom(day: number): number {
  let open = day;
  while (!isWorkingDay(open)) open += 1;
  return open;
}

/** Seconds since 1970 of a time on the clock in the Netherlands; office hours only. */
export function officeSecond(day: number, secondOfDay: number): number {
  return day * 86_400 + secondOfDay - at(HOURS_AHEAD, day) * 3_600;
}

/** RFC 3339 in UTC, in whole seconds. */
export function momentText(second: number): string {
  const ofDay = second % 86_400;
  const hours = Math.floor(ofDay / 3_600);
  const minutes = Math.floor(ofDay / 60) % 60;
  return `${textOf(Math.floor(second / 86_400))}T${two(hours)}:${two(minutes)}:${two(ofDay % 60)}Z`;
}

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);
