import { addMonths, type Day } from '@bestendig/placement-domain';

/** A number of months that no horizon reaches. */
export const EVER_MONTHS = 32_767;

/**
 * Which horizons a piece of a chain covers: those m with firstDay <= day 0 + m months <= lastDay (clamped month
 * arithmetic). It covers none where `first` > `last`. A cell is then read without a calendar in the query.
 */
export function monthsCovered(
  day0: Day,
  firstDay: Day,
  lastDay: Day | null,
): { readonly first: number; readonly last: number } {
  const wholeTo = monthsBetween(day0, firstDay);
  const first = addMonths(day0, wholeTo) === firstDay ? wholeTo : wholeTo + 1;
  return {
    first: Math.min(first, EVER_MONTHS),
    last: lastDay === null ? EVER_MONTHS : Math.min(monthsBetween(day0, lastDay), EVER_MONTHS),
  };
}

/** Months since year 0: what cohorts by month, quarter and year are made of. */
export const monthNumber = (day: Day): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;

/** The highest m with day0 + m months <= day. `day` is not before day 0. */
function monthsBetween(day0: Day, day: Day): number {
  const months = monthNumber(day) - monthNumber(day0);
  return addMonths(day0, months) <= day ? months : months - 1;
}
