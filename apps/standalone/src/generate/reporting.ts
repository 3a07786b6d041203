import { dayNumberOf, dayOfMonthOf, monthOf, officeSecond, weekdayOf, workingDayFrom, yearOf } from './calendar';
import type { Random } from './random';
import type { Source } from './sources';

/** Days after it knew that a source tells: none for most facts, months for some. */
export function lateDays(random: Random, source: Source, weight: number): number {
  const [months, quarters, year] = source.lateShares;
  const x = random.next() / weight;
  if (x < year) return random.between(270, 540);
  if (x < year + quarters) return random.between(90, 270);
  if (x < year + quarters + months) return random.between(25, 90);
  return 0;
}

/** The second (since 1970) of the source's first delivery on or after `day`. */
export function deliverySecond(random: Random, source: Source, day: number): number {
  const from = Math.max(day, source.firstDelivery);
  switch (source.habit) {
    case 'daily':
      return officeSecond(workingDayFrom(from), random.between(8 * 3600 + 1800, 17 * 3600 + 1800));
    case 'weekly':
      return officeSecond(workingDayFrom(mondayFrom(from)), random.between(9 * 3600, 9 * 3600 + 2400));
    case 'monthly':
      return officeSecond(workingDayFrom(payrollDayFrom(from)), random.between(8 * 3600, 10 * 3600 + 1800));
    case 'quarterly':
      // A good part is entered in a portal on the day itself.
      return random.chance(0.4)
        ? officeSecond(workingDayFrom(from), random.between(9 * 3600, 16 * 3600 + 1800))
        : officeSecond(workingDayFrom(quarterlyDayFrom(from)), random.between(10 * 3600, 15 * 3600));
  }
}

const mondayFrom = (day: number): number => day + ((7 - weekdayOf(day)) % 7);

/** The 25th of this month, or of the next. */
function payrollDayFrom(day: number): number {
  const [year, month] = [yearOf(day), monthOf(day)];
  return dayOfMonthOf(day) <= 25 ? dayNumberOf(year, month, 25) : dayNumberOf(year, month + 1, 25);
}

/** The 12th of the first month of a quarter. */
function quarterlyDayFrom(day: number): number {
  const year = yearOf(day);
  const firstMonth = Math.floor((monthOf(day) - 1) / 3) * 3 + 1;
  const here = dayNumberOf(year, firstMonth, 12);
  return day <= here ? here : dayNumberOf(year, firstMonth + 3, 12);
}
