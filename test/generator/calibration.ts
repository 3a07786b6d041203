import {
  hoursOn, livesOf, proefplaatsingen, quarterEnd, starters, works, yearOn, dayNumber, type Life,
} from './figures'; // prettier-ignore
import { jobsOf, parse } from './read-history';
import { slipSharesOf } from './slip-shares';

/** One figure of the synthetic history beside what it aims at. */
export type Measured = {
  readonly name: string;
  /** What it aims at, and where that comes from. */
  readonly aim: string;
  readonly value: number;
  readonly digits: number;
  readonly percent: boolean;
  /** The test's tolerance: the published range, widened by what a sample of this size may be off. */
  readonly low: number;
  readonly high: number;
};

const YEARS = [2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024];

/** Measures a whole history, by its lines alone. */
export function calibrate(lines: Iterable<string>): readonly Measured[] {
  const { rows } = parse(lines);
  const jobs = jobsOf(rows);
  const lives = livesOf(jobs);
  const slips = slipSharesOf(rows);
  return [
    ...retention(lives),
    ...composition(lives),
    ...trials(lives),
    share('existing workers, of all placements', 'assumption', jobs.filter((job) => job.existing).length / jobs.length, 0.08, 0.16),
    { name: 'placements per person', aim: 'assumption', value: jobs.length / lives.length, digits: 2, percent: false, low: 2, high: 3.5 },
    { name: 'lines per placement', aim: 'assumption', value: rows.length / jobs.length, digits: 2, percent: false, low: 5, high: 8 },
    share('starts in January, of a year\'s', 'peak; assumption', startsIn(lives, 1), 0.1, 0.2),
    share('starts in September, of a year\'s', 'peak; assumption', startsIn(lives, 9), 0.1, 0.16),
    share('facts told ahead of their day', 'assumption', slips.aheadOfDay, 0.1, 0.45),
    share('facts told more than a month late', 'assumption', slips.overMonthLate, 0.05, 0.2),
    share('facts told more than a quarter late', 'assumption', slips.overQuarterLate, 0.01, 0.08),
    share('lines out of order within their placement', 'assumption', slips.outOfOrder, 0.01, 0.06),
    share('duplicates, of lines', 'assumption', slips.duplicates, 0.008, 0.016),
    share('corrections, of lines', 'assumption', slips.corrections, 0.01, 0.04),
    share('retractions, of lines', 'assumption', slips.retractions, 0.001, 0.006),
    share('lines with an inexact date', 'assumption', slips.inexactDates, 0.003, 0.02),
  ];
}

function share(name: string, aim: string, value: number, low: number, high: number): Measured {
  return { name, aim, value, digits: 1, percent: true, low, high };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function retention(lives: readonly Life[]): readonly Measured[] {
  const pair = (year: number): { stillOrAgain: number; sameJob: number } => yearOn(lives, quarterEnd(year, 3), quarterEnd(year + 1, 3));
  const loss = YEARS.flatMap((year) => [1, 2, 3, 4].map((quarter) => 1 - yearOn(lives, quarterEnd(year, quarter), quarterEnd(year, quarter + 1)).stillOrAgain));
  return [
    ...([[2016, 83], [2018, 86], [2021, 88], [2022, 87]] as const).map(([year, aim]) =>
      share(`still or again working, Q3-${year} to Q3-${year + 1}`, `${aim}% (4.3)`, pair(year).stillOrAgain, 0.82, 0.89),
    ), // prettier-ignore
    share('same job, mean of 2016 to 2024', '64% and 66% (4.3)', mean(YEARS.map((year) => pair(year).sameJob)), 0.63, 0.68),
    share('starters still or again working a year later, mean of 2016 to 2024', '67% to 71% (4.3)', mean(YEARS.map((year) => starters(lives, year, 3).working)), 0.67, 0.72),
    share('starters of 2017Q4 to 2018Q3', '67% (4.3)', starters(lives, 2018, 3).working, 0.64, 0.73),
    share('lost per quarter, mean of 2016 to 2024', '4.3% to 5.3% (4.3)', mean(loss), 0.043, 0.053),
  ];
}

function composition(lives: readonly Life[]): readonly Measured[] {
  const at = (year: number) => hoursOn(lives, quarterEnd(year, 4));
  const permanent = (year: number): number => at(year).permanent / at(year).hours;
  const now = at(2023);
  const regular = now.hours - now.inleen;
  const workers = (year: number, quarter: number): number => lives.filter((life) => works(life, quarterEnd(year, quarter))).length;
  const banen = { name: 'banen of 25.5 hours per worker, end of 2023', aim: '1.15 (4.3)', digits: 2, percent: false, low: 1.1, high: 1.18 };
  return [
    share('hours on permanent contracts, end of 2015', '67% (4.3)', permanent(2015), 0.64, 0.7),
    share('the same, end of 2016', '65% (4.3)', permanent(2016), 0.62, 0.69),
    share('the same, end of 2017', '61% (4.3)', permanent(2017), 0.58, 0.65),
    share('the same, end of 2019', 'lower than 2017 (4.3)', permanent(2019), 0.56, 0.62),
    share('the same, end of 2023', 'rising again in 2022 and 2023 (4.3)', permanent(2023), 0.58, 0.65),
    { ...banen, value: now.hours / 25.5 / now.persons },
    share('overheid, of the hours outside inleen, end of 2023', 'about 15% (4.1)', now.overheid / regular, 0.12, 0.19),
    share('inleen, of all hours, end of 2023', 'about 18% of extra banen in Q3-2019 (4.2)', now.inleen / now.hours, 0.14, 0.2),
    { name: 'growth of workers, Q4-2021 to Q3-2023', aim: '1.08 (4.2)', value: workers(2023, 3) / workers(2021, 4), digits: 2, percent: false, low: 1.02, high: 1.14 },
  ]; // prettier-ignore
}

function trials(lives: readonly Life[]): readonly Measured[] {
  const ended = proefplaatsingen(lives, dayNumber(2016, 1, 1), dayNumber(2023, 12, 31));
  return [
    share('proefplaatsing: employed within two months of its end', '62% (4.3)', ended.within, 0.58, 0.66),
    share('proefplaatsing: employed later', '28% (4.3)', ended.later, 0.23, 0.33),
    share('of those hired: working a year on', 'about 70% (4.3)', ended.yearOn, 0.66, 0.77),
  ];
}

/** Of the first days of paid work in 2016 to 2024, the share in a month. */
function startsIn(lives: readonly Life[], month: number): number {
  let [all, within] = [0, 0];
  for (const { jobs } of lives) {
    for (const { spells, existing } of jobs) {
      const first = spells[0]?.firstDay;
      if (first === undefined || existing || first < dayNumber(2016, 1, 1) || first >= dayNumber(2025, 1, 1)) continue;
      all += 1;
      if (new Date(first * 86_400_000).getUTCMonth() + 1 === month) within += 1;
    }
  }
  return within / all;
}

export const shown = ({ value, digits, percent }: Measured): string => (percent ? `${(value * 100).toFixed(digits)}%` : value.toFixed(digits));

/** The rows of the table in docs/synthetic-data.md. */
export const tableRows = (measured: readonly Measured[]): readonly string[] => measured.map((row) => `| ${row.name} | ${row.aim} | ${shown(row)} |`);
