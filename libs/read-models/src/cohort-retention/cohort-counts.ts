import { addMonths, dayNumber, dayOf, type Day } from '@bestendig/placement-domain';
import { cohortOf, observationEnd, type CohortPeriod, type LeftOut } from '@bestendig/duurzaamheid-domain';
import type { ReadStore } from '@bestendig/read-store';
import { arrangementOf, PIECE_STATES, regionOf, sectorOf, type PieceState } from '../chains/chain-codes';
import type { Cut } from '../cut';

/** What chains can be told apart by, as known and true on day 0. */
export const GROUPS = ['sector', 'region', 'arrangement'] as const;
export type GroupBy = (typeof GROUPS)[number];

export type CountsQuestion = {
  readonly peildatum: Day;
  readonly cohort: CohortPeriod;
  /** Months after day 0. */
  readonly horizons: readonly number[];
  readonly groupBy?: GroupBy;
};

/** Chains of one cohort (and group) that are alike in all that a figure asks. */
export type ChainCounts = {
  /** Null where nothing is grouped by. */
  readonly group: string | null;
  readonly cohort: string;
  readonly state: PieceState;
  readonly lateEntry: boolean;
  readonly inexact: boolean;
  /** Chains begun by E. Every chain is counted once, with the state of its first day. */
  readonly begun: number;
  /** Per horizon, of those mature: chains in this state on the horizon day ... */
  readonly onHorizon: readonly number[];
  /** ... and those of them that were hired by the inlener by then. */
  readonly hiredByHorizon: readonly number[];
};

/** One scan over chain_piece: where chains stand on their horizon days, as known at the cut and seen by the observation end. */
export async function countChains(
  readStore: ReadStore,
  cut: Cut,
  question: CountsQuestion,
): Promise<readonly ChainCounts[]> {
  const observedThrough = observedUntil(question.peildatum, cut);
  const { horizons, groupBy } = question;
  const covers = horizons.map(
    (months) =>
      `first_month <= ${months} and last_month >= ${months} and day0 <= ${lastMatureDay0(observedThrough, months)}`,
  );
  const { rows } = await readStore.pool.query<CountRow>(
    `select ${groupBy ?? 'null::smallint'} as grp, cohort_month / ${MONTHS[question.cohort]} as cohort, state, late_entry, inexact,
       (count(*) filter (where first_month = 0))::float8 as begun,
       array[${covers.map((where) => `count(*) filter (where ${where})`).join(', ')}]::float8[] as on_horizon,
       array[${covers.map((where, index) => `count(*) filter (where ${where} and hired_month <= ${horizons[index] ?? 0})`).join(', ')}]::float8[] as hired
     from ${cut.generation.schema}.chain_piece
     where known_from <= $1::timestamptz and known_to > $1::timestamptz and shown_from <= $2 and shown_before > $2 and day0 <= $2
     group by grp, cohort_month / ${MONTHS[question.cohort]}, state, late_entry, inexact`,
    [cut.knownAt, dayNumber(observedThrough)],
  );
  return rows.map((row) => ({
    group: groupBy === undefined ? null : WORDS[groupBy](row.grp ?? -1),
    cohort: cohortLabel(row.cohort, question.cohort),
    state: PIECE_STATES[row.state] ?? 'otherUnknown',
    lateEntry: row.late_entry,
    inexact: row.inexact,
    begun: row.begun,
    onHorizon: row.on_horizon,
    hiredByHorizon: row.hired,
  }));
}

type CountRow = {
  readonly grp: number | null;
  readonly cohort: number;
  readonly state: number;
  readonly late_entry: boolean;
  readonly inexact: boolean;
  readonly begun: number;
  readonly on_horizon: readonly number[];
  readonly hired: readonly number[];
};

const WORDS: { readonly [group in GroupBy]: (code: number) => string } = {
  sector: sectorOf,
  region: regionOf,
  arrangement: arrangementOf,
};
const MONTHS: { readonly [period in CohortPeriod]: number } = { month: 1, quarter: 3, year: 12 };

function cohortLabel(cohort: number, period: CohortPeriod): string {
  const month = cohort * MONTHS[period];
  return cohortOf(
    `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`,
    period,
  );
}

/** The last day 0 that is mature at the horizon: day 0 + months <= E. Later ones are not, because adding months keeps the order of days. */
function lastMatureDay0(observedThrough: Day, months: number): number {
  // Clamping moves a day by three at most, and the days that are clamped to one day follow each other.
  let day0 = dayNumber(addMonths(observedThrough, -months)) + 3;
  while (addMonths(dayOf(day0), months) > observedThrough) day0 -= 1;
  return day0;
}

/** What is counted beside the cells, over the chains of the whole answer (MEASURES 1 and 3). */
export async function countLeftOut(readStore: ReadStore, cut: Cut, peildatum: Day): Promise<LeftOut> {
  const { schema } = cut.generation;
  const held =
    'known_from <= $1::timestamptz and known_to > $1::timestamptz and shown_from <= $2 and shown_before > $2';
  const countedUpTo = (days: string) =>
    `coalesce(sum((select count(*) from unnest(${days}) as day where day <= $2)), 0)::float8`;
  const { rows } = await readStore.pool.query<LeftOut>(
    `select
       (select count(*) from (select distinct placement from ${schema}.chain, unnest(placement_ids, placements_begun_on) as begun (placement, day)
          where day > $2 and last_begun_on > $2 and ${held}) as later)::float8 as "afterObservation",
       ${countedUpTo('read_as_continued_on')} as "readAsContinued", ${countedUpTo('inconsistent_on')} as "inconsistencies"
     from ${schema}.chain where (read_as_continued_on <> '{}' or inconsistent_on <> '{}') and ${held}`,
    [cut.knownAt, dayNumber(observedUntil(peildatum, cut))],
  );
  return rows[0] ?? { afterObservation: 0, readAsContinued: 0, inconsistencies: 0 };
}

/** By then nobody in these records had begun, so that earlier days say the same; and taking months from it stays within the calendar. */
const BEFORE_ALL_DAYS: Day = '1500-01-01';

function observedUntil(peildatum: Day, { knownAt }: Cut): Day {
  const observedThrough = observationEnd(peildatum, knownAt);
  return observedThrough < BEFORE_ALL_DAYS ? BEFORE_ALL_DAYS : observedThrough;
}
