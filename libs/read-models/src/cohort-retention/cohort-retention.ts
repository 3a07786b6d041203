import {
  matrixFromCounts,
  NO_RETENTION_COUNTS,
  type CohortQuestion,
  type CountedCell,
  type RetentionCounts,
  type RetentionMatrix,
  type RetentionRow,
} from '@bestendig/duurzaamheid-domain';
import type { ReadStore } from '@bestendig/read-store';
import type { Cut } from '../cut';
import { countChains, countLeftOut, type ChainCounts, type GroupBy } from './cohort-counts';

export type RetentionAsked = Omit<CohortQuestion, 'knownAt'> & { readonly groupBy?: GroupBy };

/** One matrix over all chains, or one per group. `asReported`: it rests on known times taken from what sources reported. */
export type CohortRetention = { readonly asReported: boolean } & (RetentionMatrix | GroupedRetention);
export type GroupedRetention = Omit<RetentionMatrix, 'rows'> & {
  readonly groupBy: GroupBy;
  readonly groups: readonly { readonly group: string; readonly rows: readonly RetentionRow[] }[];
};

/**
 * The retention matrix (MEASURES 4, definition `cohort-retention/1`) as known at the cut. Units: chains. The same
 * question at the same cut gives the same answer.
 */
export async function cohortRetention(readStore: ReadStore, cut: Cut, asked: RetentionAsked): Promise<CohortRetention> {
  const { groupBy, ...rest } = asked;
  const question: CohortQuestion = { ...rest, knownAt: cut.knownAt };
  const [counts, leftOut] = await Promise.all([
    countChains(readStore, cut, asked),
    countLeftOut(readStore, cut, asked.peildatum),
  ]);
  const matrixOf = (chains: readonly ChainCounts[]) =>
    matrixFromCounts(question, retentionCells(chains, asked.horizons), leftOut);
  const { asReported } = cut;
  if (groupBy === undefined) return { ...matrixOf(counts), asReported };
  const { rows: _rows, ...frame } = matrixOf([]);
  const names = [...new Set(counts.map(({ group }) => group ?? ''))].sort();
  return {
    ...frame,
    asReported,
    groupBy,
    groups: names.map((group) => ({ group, rows: matrixOf(counts.filter((chains) => chains.group === group)).rows })),
  };
}

function retentionCells(
  counts: readonly ChainCounts[],
  horizons: readonly number[],
): readonly CountedCell<RetentionCounts>[] {
  const cells = new Map<string, CountedCell<RetentionCounts>>();
  for (const chains of counts) {
    horizons.forEach((horizon, index) => {
      const key = `${chains.cohort} ${horizon}`;
      const cell = cells.get(key)?.counts ?? NO_RETENTION_COUNTS;
      cells.set(key, { cohort: chains.cohort, horizon, counts: plus(cell, chains, chains.onHorizon[index] ?? 0) });
    });
  }
  return [...cells.values()];
}

/** `notMature` is what began and is not mature: a chain has one piece on its first day, and one on its horizon day. */
function plus(
  cell: RetentionCounts,
  { state, lateEntry, inexact, begun }: ChainCounts,
  standing: number,
): RetentionCounts {
  if (lateEntry) return { ...cell, lateEntry: cell.lateEntry + begun };
  const inWork = state === 'inWork' ? standing : 0;
  const unconfirmed = state === 'unconfirmed' ? standing : 0;
  return {
    mature: cell.mature + standing,
    retained: cell.retained + inWork,
    unconfirmed: cell.unconfirmed + unconfirmed,
    lost: cell.lost + standing - inWork - unconfirmed,
    notMature: cell.notMature + begun - standing,
    lateEntry: cell.lateEntry,
    inexact: cell.inexact + (inexact ? standing : 0),
  };
}
