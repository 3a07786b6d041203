import type { Day } from '@bestendig/placement-domain';

/** How day 0 is grouped into start cohorts. */
export const COHORT_PERIODS = ['month', 'quarter', 'year'] as const;
export type CohortPeriod = (typeof COHORT_PERIODS)[number];

/** The cohort a day 0 falls in: `2024-10`, `2024-Q4` or `2024`. Within one period, text order is time order. */
export function cohortOf(day0: Day, period: CohortPeriod): string {
  switch (period) {
    case 'month':
      return day0.slice(0, 7);
    case 'quarter':
      return `${day0.slice(0, 4)}-Q${Math.ceil(Number(day0.slice(5, 7)) / 3)}`;
    case 'year':
      return day0.slice(0, 4);
  }
}
