import type { Segment } from './contracts';
import { addDays, addMonths, lastDayOfMonths } from './days';
import type { Day } from './facts';
import { COUNTS_IN_KETEN, KETEN, rowOn } from './policies';
import type { Notice } from './timeline-types';

/** Contracts that follow each other with no gap long enough to begin anew (BW 7:668a; DOMAIN 2.1). */
type Keten = { readonly firstDay: Day; readonly count: number; readonly lastDay: Day };

/**
 * From when the keten rule makes a contract of this placement permanent by law: the contract that is one too many, from its first day,
 * or the one that runs when the months are over, from the day after them. Said once per keten. Forms that are not
 * counted are passed over as if they were not there; contracts at other placements are not seen here.
 */
export function ketenNotices(segments: readonly Segment[], knownAt?: string): readonly Notice[] {
  const notices: Notice[] = [];
  let keten: Keten | null = null;
  let said = false;
  segments.forEach((segment, i) => {
    if (!COUNTS_IN_KETEN[segment.form]) return;
    const firstDay = segment.contract.day;
    const rule = rowOn(KETEN, firstDay, knownAt);
    if (rule === null) return;
    const carriesOn: boolean =
      keten !== null && firstDay <= addDays(lastDayOfMonths(addDays(keten.lastDay, 1), rule.gapMonths), 1);
    if (!carriesOn) said = false;
    const before = carriesOn ? keten : null;
    const lastDay = lastDayIn(segment, segments[i + 1]);
    const permanentDay = segment.permanentFrom;
    const fromCount = (before?.count ?? 0) + 1 > rule.contracts ? firstDay : null;
    const fromMonths = monthsOver(before?.firstDay ?? firstDay, firstDay, lastDay, knownAt);
    const from = fromCount ?? fromMonths;
    if (!said && from !== null && (permanentDay === null || permanentDay > from)) {
      notices.push({ code: 'permanentByKeten', date: from, eventId: segment.contract.eventId });
      said = true;
    }
    // A permanent contract ends the keten: what follows it begins anew.
    keten =
      lastDay === null || permanentDay !== null
        ? null
        : { firstDay: before?.firstDay ?? firstDay, count: (before?.count ?? 0) + 1, lastDay };
  });
  return notices;
}

/** The last day of a contract as recorded, else as planned, and in any case before the next one; null: no end. */
function lastDayIn(segment: Segment, next: Segment | undefined): Day | null {
  const lastDay = segment.end?.lastDay ?? segment.plannedEnd;
  if (next === undefined || (lastDay !== null && lastDay < next.contract.day)) return lastDay;
  return addDays(next.contract.day, -1);
}

/**
 * The first day in this contract beyond the months allowed. The rule is that of the contract's last day: one that ends
 * on or after 1-1-2020 falls under 36 months, though it began under 24.
 */
function monthsOver(ketenFrom: Day, firstDay: Day, lastDay: Day | null, knownAt: string | undefined): Day | null {
  const until = lastDay ?? NEVER;
  const rule = rowOn(KETEN, until, knownAt);
  if (rule === null) return null;
  const over = addMonths(ketenFrom, rule.months);
  if (over > until) return null;
  return over > firstDay ? over : firstDay;
}

const NEVER: Day = '9999-12-31';
