import type { Chain } from '@bestendig/placement-domain';
import { countCells, rowsFromCells, type CohortRow, type CountedCell, type Reading } from './cells';
import { observationEnd } from './observation';
import { answerFrame, countLeftOut, type AnswerFrame, type CohortQuestion, type LeftOut } from './question';
import { wilson, type Interval } from './wilson';

export const COHORT_RETENTION = 'cohort-retention/1';

/** Units: chains; with `weights: 'hoursPerWeek'`, the sum of their hours per week on day 0 (MEASURES 4). */
export type RetentionCounts = {
  /** Day 0 + horizon <= E, whatever happened before. */
  readonly mature: number;
  /** Of the mature: in work on day 0 + horizon. */
  readonly retained: number;
  /** Of the mature: neither known in work nor known out of it on that day. */
  readonly unconfirmed: number;
  /** Of the mature: out of work on that day. */
  readonly lost: number;
  /** Begun by E, observed from day 0, but the horizon is after E. */
  readonly notMature: number;
  /** Begun by E, but observed only later than day 0: in no other count, and the same at every horizon. */
  readonly lateEntry: number;
  /** Of the mature: read from a day 0, or from a piece, whose date is not known to the day or is assumed. */
  readonly inexact: number;
};

export type RetentionCell = RetentionCounts & {
  /** Months after day 0. */
  readonly horizon: number;
  /** retained / (mature - unconfirmed); null of nothing. */
  readonly share: number | null;
  /** Wilson's 95% interval of the share; null of nothing and of weighted shares. */
  readonly interval: Interval | null;
  /** The share with the unconfirmed all lost, and all retained; null where nobody is mature. */
  readonly bounds: Bounds | null;
};
export type Bounds = { readonly lowest: number; readonly highest: number };

export type Weights = 'none' | 'hoursPerWeek';
export type RetentionQuestion = CohortQuestion & { readonly weights?: Weights };
export type RetentionRow = CohortRow<RetentionCell>;
export type RetentionMatrix = AnswerFrame & { readonly weights: Weights; readonly rows: readonly RetentionRow[] };

export const NO_RETENTION_COUNTS: RetentionCounts = {
  mature: 0,
  retained: 0,
  unconfirmed: 0,
  lost: 0,
  notMature: 0,
  lateEntry: 0,
  inexact: 0,
};

/** Finishes a cell from its counts: share, interval and bounds of MEASURES 4. */
export function cellFromCounts(horizon: number, counts: RetentionCounts, weights: Weights = 'none'): RetentionCell {
  const { mature, retained, unconfirmed } = counts;
  const confirmed = mature - unconfirmed;
  return {
    horizon,
    ...counts,
    share: confirmed > 0 ? retained / confirmed : null,
    interval: weights === 'none' ? wilson(retained, confirmed) : null,
    bounds: mature > 0 ? { lowest: retained / mature, highest: (retained + unconfirmed) / mature } : null,
  };
}

/** Finishes an answer from counted cells, in whatever order they come. */
export function matrixFromCounts(
  question: RetentionQuestion,
  cells: readonly CountedCell<RetentionCounts>[],
  leftOut: LeftOut,
): RetentionMatrix {
  const weights = question.weights ?? 'none';
  const rows = rowsFromCells(cells, question.horizons, (horizon, counts) =>
    cellFromCounts(horizon, counts ?? NO_RETENTION_COUNTS, weights),
  );
  return { ...answerFrame(COHORT_RETENTION, question, leftOut), weights, rows };
}

/**
 * Cohort retention (MEASURES 4, definition `cohort-retention/1`): of the chains that began in a period, how many are in
 * work on the day m months after their own day 0.
 */
export function retentionMatrix(chains: readonly Chain[], question: RetentionQuestion): RetentionMatrix {
  const add = (counts: RetentionCounts, chain: Chain, reading: Reading): RetentionCounts =>
    addReading(counts, reading, question.weights === 'hoursPerWeek' ? chain.hoursPerWeek : 1);
  const leftOut = countLeftOut(chains, observationEnd(question.peildatum, question.knownAt));
  return matrixFromCounts(question, countCells(chains, question, NO_RETENTION_COUNTS, add), leftOut);
}

function addReading(counts: RetentionCounts, reading: Reading, weight: number): RetentionCounts {
  switch (reading.kind) {
    case 'lateEntry':
      return { ...counts, lateEntry: counts.lateEntry + weight };
    case 'notMature':
      return { ...counts, notMature: counts.notMature + weight };
    case 'mature': {
      const { kind } = reading.piece.state;
      return {
        ...counts,
        mature: counts.mature + weight,
        retained: counts.retained + (kind === 'inWork' ? weight : 0),
        unconfirmed: counts.unconfirmed + (kind === 'unconfirmed' ? weight : 0),
        lost: counts.lost + (kind === 'ended' ? weight : 0),
        inexact: counts.inexact + (reading.inexact ? weight : 0),
      };
    }
  }
}
