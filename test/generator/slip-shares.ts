import { dayOf, type Row } from './read-history';

/** How often a history errs, as shares of its lines unless said otherwise. */
export type SlipShares = {
  readonly aheadOfDay: number;
  readonly overMonthLate: number;
  readonly overQuarterLate: number;
  readonly outOfOrder: number;
  readonly duplicates: number;
  readonly corrections: number;
  readonly retractions: number;
  readonly inexactDates: number;
};

const DATES = ['effectiveDate', 'plannedEnd', 'lastDay', 'grantUntil'];

export function slipSharesOf(rows: readonly Row[]): SlipShares {
  const seen = new Set<string>();
  const latest = new Map<string, string>();
  const count = { ahead: 0, month: 0, quarter: 0, disorder: 0, duplicates: 0, corrections: 0, retractions: 0, inexact: 0, facts: 0 };
  for (const row of rows) {
    const content = JSON.stringify(row);
    if (seen.has(content)) {
      count.duplicates += 1;
      continue;
    }
    seen.add(content);
    if (DATES.some((field) => row[field] !== undefined && !/^\d{4}-\d\d-\d\d$/.test(row[field]))) count.inexact += 1;
    const key = `${row['source']} ${row['employment']}`;
    const time = row['time'] ?? '';
    if (time < (latest.get(key) ?? '')) count.disorder += 1;
    else latest.set(key, time);
    if (row['type'] === 'fact-corrected') count.corrections += 1;
    else if (row['type'] === 'fact-retracted') count.retractions += 1;
    else if (row['registrationKind'] === undefined) {
      const late = Math.floor(Date.parse(time) / 86_400_000) - dayOf(row['effectiveDate'] ?? '');
      count.facts += 1;
      if (late < 0) count.ahead += 1;
      if (late > 31) count.month += 1;
      if (late > 92) count.quarter += 1;
    }
  }
  const [lines, facts] = [rows.length, count.facts];
  return {
    aheadOfDay: count.ahead / facts, overMonthLate: count.month / facts, overQuarterLate: count.quarter / facts, outOfOrder: count.disorder / lines,
    duplicates: count.duplicates / lines, corrections: count.corrections / lines, retractions: count.retractions / lines, inexactDates: count.inexact / lines,
  }; // prettier-ignore
}
