import { EventStoreError, type Instant } from './port';

/** Before every event there can be: what is settled while nothing has been recorded. */
export const BEGINNING_OF_TIME: Instant = '0001-01-01T00:00:00.000000Z';

const FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** Microseconds since 1970 as UTC text with six decimals. */
export function instantOf(micros: bigint): Instant {
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  const millis = new Date(Number((micros - rest) / 1000n)).toISOString();
  return `${millis.slice(0, -1)}${rest.toString().padStart(3, '0')}Z`;
}

/** @throws EventStoreError `invalidEvent` where the text is no instant of this form, or names a day that does not exist. */
export function microsOf(instant: Instant): bigint {
  if (!isInstant(instant)) throw new EventStoreError('invalidEvent', 'A time must be UTC text with six decimals.');
  return BigInt(Date.parse(`${instant.slice(0, 23)}Z`)) * 1000n + BigInt(instant.slice(23, 26));
}

export function isInstant(text: string): boolean {
  if (!FORM.test(text)) return false;
  const part = (start: number, end: number): number => Number(text.slice(start, end));
  const [month, day] = [part(5, 7), part(8, 10)];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(part(0, 4), month) && part(11, 13) < 24 && part(14, 16) < 60 && part(17, 19) < 60;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
