import { dayNumber, isDay, type Chain, type ChainPiece, type Day } from '@bestendig/placement-domain';
import { numberOrNull, textOrNull, uuidOrNull, type VersionedTable } from '@bestendig/projection-engine';
import { arrangementCode, regionCode, sectorCode, stateCode } from './chain-codes';
import { EVER_MONTHS, monthNumber, monthsCovered } from './months-covered';

/** Days without a bound: the observation end can never reach them. Days are numbers since 1970-01-01. */
export const FIRST_DAY_EVER = -2_147_483_648;
export const AFTER_ALL_DAYS = 2_147_483_647;

/** What lies after the last day of the calendar (the day after a contract "until 31-12-9999") is never reached. */
const numberOf = (day: Day): number => (isDay(day) ? dayNumber(day) : AFTER_ALL_DAYS);
const numbersOf = (days: readonly Day[]): readonly number[] => days.map(numberOf);
const shownFrom = ({ shown }: Chain): number => (shown.from === null ? FIRST_DAY_EVER : numberOf(shown.from));
const shownBefore = ({ shown }: Chain): number => (shown.before === null ? AFTER_ALL_DAYS : numberOf(shown.before));

/** Of each of its placements the first day that it holds a piece; never, where it holds none. */
function begunOn({ placementIds, pieces }: Chain): readonly number[] {
  return placementIds.map((id) => {
    const first = pieces.find(({ placementId }) => placementId === id);
    return first === undefined ? AFTER_ALL_DAYS : numberOf(first.firstDay);
  });
}

/** A subject: a placement with all that continues it (MEASURES 3), with its covariates as known and true on day 0. */
export const chainTable: VersionedTable<Chain> = {
  name: 'chain',
  comment:
    'One row per chain, range of observation ends for which it is so (shown_from <= E < shown_before), and version. Days are numbers since 1970-01-01.',
  key: [
    { name: 'chain_id', type: 'uuid', of: (chain) => chain.id },
    { name: 'shown_from', type: 'integer', of: shownFrom },
  ],
  columns: [
    { name: 'shown_before', type: 'integer', of: shownBefore },
    { name: 'candidate_id', type: 'uuid', nullable: true, of: (chain) => uuidOrNull(chain.candidateId) },
    { name: 'placement_ids', type: 'uuid[]', of: (chain) => chain.placementIds },
    { name: 'placements_begun_on', type: 'integer[]', of: (chain) => begunOn(chain) },
    { name: 'last_begun_on', type: 'integer', of: (chain) => Math.max(...begunOn(chain)) },
    { name: 'day0', type: 'integer', of: (chain) => dayNumber(chain.day0) },
    { name: 'entry', type: 'integer', of: (chain) => chain.entry },
    { name: 'source', type: 'text', nullable: true, of: (chain) => chain.source },
    { name: 'employer_id', type: 'text', of: (chain) => chain.employerId },
    { name: 'sector', type: 'text', nullable: true, of: (chain) => textOrNull(chain.sector) },
    { name: 'region', type: 'text', nullable: true, of: (chain) => textOrNull(chain.region) },
    { name: 'arrangement', type: 'text', nullable: true, of: (chain) => textOrNull(chain.arrangement) },
    {
      name: 'hours_per_week',
      type: 'double precision',
      nullable: true,
      of: (chain) => numberOrNull(chain.hoursPerWeek),
    },
    { name: 'in_target_group', type: 'text', nullable: true, of: (chain) => textOrNull(chain.inTargetGroup) },
    { name: 'hired_by_inlener_on', type: 'integer[]', of: (chain) => numbersOf(chain.hiredByInlenerOn) },
    { name: 'read_as_continued_on', type: 'integer[]', of: (chain) => numbersOf(chain.readAsContinuedOn) },
    {
      name: 'inconsistency_codes',
      type: 'text[]',
      of: (chain) => chain.inconsistencies.map(({ code }) => code),
    },
    {
      name: 'inconsistent_placements',
      type: 'uuid[]',
      of: (chain) => chain.inconsistencies.map(({ placementId }) => placementId),
    },
    { name: 'inconsistent_on', type: 'integer[]', of: (chain) => numbersOf(chain.inconsistencies.map(({ on }) => on)) },
  ],
  lookups: [],
  // Only the few chains with something to be counted beside a figure.
  indexes: [`(chain_id) where read_as_continued_on <> '{}' or inconsistent_on <> '{}'`, '(last_begun_on)'],
};

/** One piece of a chain with what a figure needs of its chain beside it, so that figures read this table alone. */
export type ChainPieceRow = {
  readonly chain: Chain;
  readonly ofChain: OfChain;
  readonly piece: ChainPiece;
  readonly months: { readonly first: number; readonly last: number };
};
/** What all pieces of a chain say. */
type OfChain = {
  readonly shownFrom: number;
  readonly shownBefore: number;
  readonly day0: number;
  readonly cohortMonth: number;
  readonly sector: number;
  readonly region: number;
  readonly arrangement: number;
  readonly hiredMonth: number;
};

export const chainPieceTable: VersionedTable<ChainPieceRow> = {
  name: 'chain_piece',
  comment:
    'One row per piece of a chain (days in one state, joined without a gap from day 0 for ever) and version. first_month..last_month are the horizons it covers (months after day 0).',
  key: [
    { name: 'chain_id', type: 'uuid', of: ({ chain }) => chain.id },
    { name: 'shown_from', type: 'integer', of: ({ ofChain }) => ofChain.shownFrom },
    { name: 'first_day', type: 'integer', of: ({ piece }) => dayNumber(piece.firstDay) },
  ],
  columns: [
    {
      name: 'last_day',
      type: 'integer',
      of: ({ piece }) => (piece.lastDay === null ? AFTER_ALL_DAYS : dayNumber(piece.lastDay)),
    },
    { name: 'shown_before', type: 'integer', of: ({ ofChain }) => ofChain.shownBefore },
    { name: 'day0', type: 'integer', of: ({ ofChain }) => ofChain.day0 },
    { name: 'cohort_month', type: 'integer', of: ({ ofChain }) => ofChain.cohortMonth },
    { name: 'first_month', type: 'smallint', of: ({ months }) => months.first },
    { name: 'last_month', type: 'smallint', of: ({ months }) => months.last },
    { name: 'state', type: 'smallint', of: ({ piece }) => stateCode(piece) },
    { name: 'sector', type: 'smallint', of: ({ ofChain }) => ofChain.sector },
    { name: 'region', type: 'smallint', of: ({ ofChain }) => ofChain.region },
    { name: 'arrangement', type: 'smallint', of: ({ ofChain }) => ofChain.arrangement },
    { name: 'late_entry', type: 'boolean', of: ({ chain }) => chain.entry > 0 },
    { name: 'inexact', type: 'boolean', of: ({ chain, piece }) => piece.inexact || chain.pieces[0]?.inexact === true },
    { name: 'hired_month', type: 'smallint', of: ({ ofChain }) => ofChain.hiredMonth },
    {
      name: 'pension_or_death',
      type: 'boolean',
      of: ({ piece }) => piece.state.kind === 'ended' && piece.state.pensionOrDeath,
    },
    { name: 'placement_id', type: 'uuid', of: ({ piece }) => piece.placementId },
  ],
  lookups: [],
  // None for questions: a figure reads this narrow table as a whole, now or as known at a past moment. A covering index by
  // known_to was measured: it made no figure faster, and every write dearer.
  indexes: [],
};

/** The first horizon by which the person was hired by the inlener. */
function hiredMonth({ day0, hiredByInlenerOn }: Chain): number {
  let first = EVER_MONTHS;
  for (const day of hiredByInlenerOn)
    if (isDay(day)) first = Math.min(first, Math.max(0, monthsCovered(day0, day, null).first));
  return first;
}

/** A piece after the last day of the calendar has no day to be asked at. */
export function chainPieceRows(chain: Chain): readonly ChainPieceRow[] {
  const ofChain: OfChain = {
    shownFrom: shownFrom(chain),
    shownBefore: shownBefore(chain),
    day0: dayNumber(chain.day0),
    cohortMonth: monthNumber(chain.day0),
    sector: sectorCode(chain.sector),
    region: regionCode(chain.region),
    arrangement: arrangementCode(chain.arrangement),
    hiredMonth: hiredMonth(chain),
  };
  const rows: ChainPieceRow[] = [];
  for (const piece of chain.pieces)
    if (isDay(piece.firstDay))
      rows.push({ chain, ofChain, piece, months: monthsCovered(chain.day0, piece.firstDay, piece.lastDay) });
  return rows;
}
