import {
  NO_SUMMARY_COUNTS,
  SUMMARY_HORIZONS,
  summaryFromCounts,
  type CountedCell,
  type DuurzaamheidSummary,
  type SummaryCounts,
  type SummaryQuestion,
} from '@bestendig/duurzaamheid-domain';
import type { ReadStore } from '@bestendig/read-store';
import type { PieceState } from '../chains/chain-codes';
import { countChains, countLeftOut, type ChainCounts } from '../cohort-retention/cohort-counts';
import type { Cut } from '../cut';

export type DuurzaamheidAsked = Omit<SummaryQuestion, 'knownAt'>;
/** `asReported`: it rests on known times taken from what sources reported. */
export type Duurzaamheid = DuurzaamheidSummary & { readonly asReported: boolean };

/**
 * The duurzaamheid summary by start cohort (definition `duurzaamheid/1`) as known at the cut: still in work, unconfirmed,
 * and how those out of work ended, with uitval's bounds (MEASURES 3). Units: chains.
 */
export async function duurzaamheid(readStore: ReadStore, cut: Cut, asked: DuurzaamheidAsked): Promise<Duurzaamheid> {
  const horizons = asked.horizons ?? SUMMARY_HORIZONS;
  const [counts, leftOut] = await Promise.all([
    countChains(readStore, cut, { ...asked, horizons }),
    countLeftOut(readStore, cut, asked.peildatum),
  ]);
  return {
    ...summaryFromCounts({ ...asked, knownAt: cut.knownAt }, summaryCells(counts, horizons), leftOut),
    asReported: cut.asReported,
  };
}

function summaryCells(
  counts: readonly ChainCounts[],
  horizons: readonly number[],
): readonly CountedCell<SummaryCounts>[] {
  const cells = new Map<string, CountedCell<SummaryCounts>>();
  for (const chains of counts) {
    horizons.forEach((horizon, index) => {
      const key = `${chains.cohort} ${horizon}`;
      const cell = cells.get(key)?.counts ?? NO_SUMMARY_COUNTS;
      cells.set(key, { cohort: chains.cohort, horizon, counts: plus(cell, chains, index) });
    });
  }
  return [...cells.values()];
}

const FIELDS = {
  inWork: 'stillInWork',
  unconfirmed: 'unconfirmed',
  uitval: 'uitval',
  doorstroom: 'doorstroom',
  otherKnown: 'otherKnown',
  otherUnknown: 'unknown',
} as const satisfies { readonly [state in PieceState]: keyof SummaryCounts };

function plus(
  cell: SummaryCounts,
  { state, lateEntry, inexact, begun, onHorizon, hiredByHorizon }: ChainCounts,
  index: number,
): SummaryCounts {
  if (lateEntry) return { ...cell, lateEntry: cell.lateEntry + begun };
  const standing = onHorizon[index] ?? 0;
  const field = FIELDS[state];
  return {
    ...cell,
    mature: cell.mature + standing,
    [field]: cell[field] + standing,
    doorstroomWithin: cell.doorstroomWithin + (hiredByHorizon[index] ?? 0),
    notMature: cell.notMature + begun - standing,
    inexact: cell.inexact + (inexact ? standing : 0),
  };
}
