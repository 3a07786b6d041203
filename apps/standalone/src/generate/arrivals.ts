import { FIRST_START, REPORTED_BEFORE, SEASON, STARTS_BY_YEAR } from './assumptions';
import { dayNumberOf, isWorkingDay, monthOf, weekdayOf, yearOf } from './calendar';
import type { Start } from './persons';
import { pick, type Random } from './random';
import { SOURCES } from './sources';

/** One month of the history, with the share of all its starts that should have happened by its end. */
export type Month = { readonly firstDay: number; readonly nextFirstDay: number; readonly shareByEnd: number };

/** The months of the history in order. Seasons and years weigh; existing workers come on top. */
export function months(): readonly Month[] {
  const weighed: { firstDay: number; nextFirstDay: number; weight: number }[] = [];
  let total = 0;
  for (let firstDay = FIRST_START; firstDay < REPORTED_BEFORE; ) {
    const [year, month] = [yearOf(firstDay), monthOf(firstDay)];
    const nextFirstDay = dayNumberOf(year, month + 1, 1);
    const weight = (SEASON[month - 1] ?? 1) * (STARTS_BY_YEAR[year] ?? 1);
    weighed.push({ firstDay, nextFirstDay, weight });
    total += weight;
    firstDay = nextFirstDay;
  }
  let before = 0;
  return weighed.map(({ firstDay, nextFirstDay, weight }) => {
    before += weight;
    return { firstDay, nextFirstDay, shareByEnd: before / total };
  });
}

export const EXISTING_SHARE = SOURCES.reduce((sum, source) => sum + source.existingShare, 0);

/** Whom the first deliveries of that month bring: the source's number, and how many worked there already. */
export function firstDeliveries(month: Month, placements: number): readonly { readonly source: number; readonly day: number; readonly workers: number }[] {
  return SOURCES.map(({ firstDelivery, existingShare }, source) => ({ source, day: firstDelivery, workers: Math.round(existingShare * placements) }))
    .filter(({ day }) => day >= month.firstDay && day < month.nextFirstDay);
}

/** A new person who starts in that month, at a source that delivers by then. */
export function newcomer(random: Random, person: number, firstDay: number, nextFirstDay: number): Start {
  const source = pick(
    random,
    SOURCES.map(({ firstDelivery, weight }, index) => [index, firstDelivery < nextFirstDay ? weight : 0] as const),
  );
  const day = Math.max(startDay(random, firstDay, nextFirstDay), SOURCES[source]?.firstDelivery ?? 0);
  return { day, origin: 'newcomer', person, job: 1, second: false, source, from: null };
}

/** Half on the first, many on a Monday, the rest on other working days. */
function startDay(random: Random, firstDay: number, nextFirstDay: number): number {
  const kind = random.next();
  if (kind < 0.5) return firstDay;
  const day = random.between(firstDay, nextFirstDay - 1);
  if (kind < 0.58) return firstDay + 14;
  if (kind < 0.85) return Math.max(firstDay, day - weekdayOf(day));
  return isWorkingDay(day) ? day : Math.max(firstDay, day - 2);
}
