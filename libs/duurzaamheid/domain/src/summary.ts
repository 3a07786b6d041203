import type { Chain, ChainPiece } from '@bestendig/placement-domain';
import { countCells, rowsFromCells, type CohortRow, type CountedCell, type Reading } from './cells';
import { observationEnd } from './observation';
import { answerFrame, countLeftOut, type AnswerFrame, type CohortQuestion, type LeftOut } from './question';
import type { Bounds } from './retention';
import { wilson, type Interval } from './wilson';

export const DUURZAAMHEID = 'duurzaamheid/1';
/** Months after day 0 at which the summary is read when none are asked. */
export const SUMMARY_HORIZONS: readonly number[] = [6, 12, 24];

/** Units: chains. `mature` = stillInWork + unconfirmed + uitval + doorstroom + otherKnown + unknown. */
export type SummaryCounts = {
  readonly mature: number;
  readonly stillInWork: number;
  readonly unconfirmed: number;
  /** Out of work on the horizon day, by what the end was (MEASURES 3). */
  readonly uitval: number;
  readonly doorstroom: number;
  /** Pension, death, agreed outflow, and the codes that say as much. */
  readonly otherKnown: number;
  /** Ended, and no source says why. */
  readonly unknown: number;
  /** Of the mature: hired by the inlener by the horizon day; the chain goes on (MEASURES 3), so they are in a state above as well. */
  readonly doorstroomWithin: number;
  /** As in the retention matrix. */
  readonly notMature: number;
  readonly lateEntry: number;
  readonly inexact: number;
};

/** Uitval with all that MEASURES 3 wants named beside it. Shares are null of nothing. */
export type UitvalFigures = {
  readonly ended: number;
  readonly uitval: number;
  readonly unknown: number;
  /** uitval / ended: the lowest it can be. */
  readonly shareOfEnded: number | null;
  /** (uitval + unknown) / ended. */
  readonly highest: number | null;
  /** uitval / (ended - unknown). */
  readonly amongKnown: number | null;
};

export type SummaryCell = SummaryCounts & {
  /** Months after day 0. */
  readonly horizon: number;
  /** Still in work: share, interval and bounds as in the retention matrix. */
  readonly share: number | null;
  readonly interval: Interval | null;
  readonly bounds: Bounds | null;
  readonly ends: UitvalFigures;
};

export type SummaryQuestion = Omit<CohortQuestion, 'horizons'> & { readonly horizons?: readonly number[] };
export type SummaryRow = CohortRow<SummaryCell>;
export type DuurzaamheidSummary = AnswerFrame & { readonly rows: readonly SummaryRow[] };

export const NO_SUMMARY_COUNTS: SummaryCounts = {
  mature: 0,
  stillInWork: 0,
  unconfirmed: 0,
  uitval: 0,
  doorstroom: 0,
  otherKnown: 0,
  unknown: 0,
  doorstroomWithin: 0,
  notMature: 0,
  lateEntry: 0,
  inexact: 0,
};

/** Uitval and its bounds (MEASURES 3) from counts of ends. */
export function uitvalFigures(ends: {
  readonly ended: number;
  readonly uitval: number;
  readonly unknown: number;
}): UitvalFigures {
  const { ended, uitval, unknown } = ends;
  return {
    ended,
    uitval,
    unknown,
    shareOfEnded: ended > 0 ? uitval / ended : null,
    highest: ended > 0 ? (uitval + unknown) / ended : null,
    amongKnown: ended > unknown ? uitval / (ended - unknown) : null,
  };
}

/** Finishes a cell of the summary from its counts. */
export function summaryCellFromCounts(horizon: number, counts: SummaryCounts): SummaryCell {
  const { mature, stillInWork, unconfirmed, uitval, unknown } = counts;
  const confirmed = mature - unconfirmed;
  return {
    horizon,
    ...counts,
    share: confirmed > 0 ? stillInWork / confirmed : null,
    interval: wilson(stillInWork, confirmed),
    bounds: mature > 0 ? { lowest: stillInWork / mature, highest: (stillInWork + unconfirmed) / mature } : null,
    ends: uitvalFigures({ ended: confirmed - stillInWork, uitval, unknown }),
  };
}

/** Finishes an answer from counted cells, in whatever order they come. */
export function summaryFromCounts(
  question: SummaryQuestion,
  cells: readonly CountedCell<SummaryCounts>[],
  leftOut: LeftOut,
): DuurzaamheidSummary {
  const horizons = question.horizons ?? SUMMARY_HORIZONS;
  const rows = rowsFromCells(cells, horizons, (horizon, counts) =>
    summaryCellFromCounts(horizon, counts ?? NO_SUMMARY_COUNTS),
  );
  return { ...answerFrame(DUURZAAMHEID, { ...question, horizons }, leftOut), rows };
}

/**
 * Duurzaamheid by start cohort (definition `duurzaamheid/1`): where the chains stand at 6, 12 and 24 months and, for
 * those out of work on that day, how the end they are out of work by is read (MEASURES 3).
 */
export function duurzaamheidSummary(chains: readonly Chain[], question: SummaryQuestion): DuurzaamheidSummary {
  const asked = { ...question, horizons: question.horizons ?? SUMMARY_HORIZONS };
  const leftOut = countLeftOut(chains, observationEnd(question.peildatum, question.knownAt));
  return summaryFromCounts(asked, countCells(chains, asked, NO_SUMMARY_COUNTS, addReading), leftOut);
}

function addReading(counts: SummaryCounts, chain: Chain, reading: Reading): SummaryCounts {
  switch (reading.kind) {
    case 'lateEntry':
      return { ...counts, lateEntry: counts.lateEntry + 1 };
    case 'notMature':
      return { ...counts, notMature: counts.notMature + 1 };
    case 'mature': {
      const state = stateOf(reading.piece);
      const hired = chain.hiredByInlenerOn.some((day) => day <= reading.horizonDay);
      return {
        ...counts,
        mature: counts.mature + 1,
        [state]: counts[state] + 1,
        doorstroomWithin: counts.doorstroomWithin + (hired ? 1 : 0),
        inexact: counts.inexact + (reading.inexact ? 1 : 0),
      };
    }
  }
}

function stateOf({
  state,
}: ChainPiece): 'stillInWork' | 'unconfirmed' | 'uitval' | 'doorstroom' | 'otherKnown' | 'unknown' {
  switch (state.kind) {
    case 'inWork':
      return 'stillInWork';
    case 'unconfirmed':
      return 'unconfirmed';
    case 'ended':
      return state.outcome === 'otherUnknown' ? 'unknown' : state.outcome;
  }
}
