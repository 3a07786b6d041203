import { isDay, middleOf, periodAround, type Day, type Precision } from '@bestendig/placement-domain';

export const YEAR_MIN = 1950;
export const YEAR_MAX = 2100;

/** A date of a message: the day it stands for, and how exactly it is known. */
export type MessageDate = { readonly day: Day; readonly precision: Precision; readonly assumed: boolean };

const DATE = /^(\d{4})(?:-(?:Q([1-4])|(\d\d)(?:-(\d\d))?))?(~)?$/;

/**
 * Reads `2023-03-01`, `2023-03`, `2023-Q2` or `2023`; a `~` at the end says that it is assumed. A date that is not a day
 * is placed in the middle of its period (MEASURES 2). Null where the text is none of these, the day does not exist
 * (2023-02-30), or the year is outside 1950 to 2100.
 */
export function parseDate(text: string): MessageDate | null {
  const match = DATE.exec(text);
  if (match === null) return null;
  const [, year, quarter, month, day] = match;
  if (Number(year) < YEAR_MIN || Number(year) > YEAR_MAX) return null;
  const precision = day !== undefined ? 'day' : month !== undefined ? 'month' : quarter !== undefined ? 'quarter' : 'year';
  const within = `${year}-${month ?? (quarter === undefined ? '01' : `0${Number(quarter) * 3 - 2}`.slice(-2))}-${day ?? '01'}`;
  if (!isDay(within)) return null;
  return { day: precision === 'day' ? within : middleOf(periodAround(within, precision)), precision, assumed: match[5] !== undefined };
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/**
 * An RFC 3339 time as the UTC text with six decimals that the event store uses. Finer than a microsecond is cut off. Null
 * where it is none, or its year is outside 1950 to 2100; a leap second is none, because the store's clock has none.
 */
export function parseTime(text: string): string | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', zulu, sign, offsetHours, offsetMinutes] = match;
  if (parseDate(`${year}-${month}-${day}`) === null) return null;
  const micros = fraction.slice(0, 6).padEnd(6, '0');
  if (zulu !== undefined) return `${year}-${month}-${day}T${hour}:${minute}:${second}.${micros}Z`;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const utc = new Date(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - offsetMs).toISOString();
  return `${utc.slice(0, 19)}.${micros}Z`;
}
