import type { Chain, ChainPiece, Day } from '@bestendig/placement-domain';
import { addMonths } from '@bestendig/placement-domain';
import { cohortOf } from './cohort';
import { observationEnd, pieceOn } from './observation';
import { startedChains, type CohortQuestion } from './question';

/** The counts of one cell, as a query or a loop gives them. */
export type CountedCell<Counts> = { readonly cohort: string; readonly horizon: number; readonly counts: Counts };
export type CohortRow<Cell> = { readonly cohort: string; readonly cells: readonly Cell[] };

/** What one chain is to one cell (MEASURES 1 and 4). */
export type Reading =
  /** Observed only later than day 0: in no cell, counted beside it, at every horizon. */
  | { readonly kind: 'lateEntry' }
  | { readonly kind: 'notMature' }
  /** `piece`: where the chain stands on the horizon day; `inexact`: it, or day 0, rests on a date not known to the day. */
  | { readonly kind: 'mature'; readonly horizonDay: Day; readonly piece: ChainPiece; readonly inexact: boolean };

/** Reads every chain begun by E once per horizon and adds it to its cell. */
export function countCells<Counts>(
  chains: readonly Chain[],
  question: CohortQuestion,
  none: Counts,
  add: (counts: Counts, chain: Chain, reading: Reading) => Counts,
): readonly CountedCell<Counts>[] {
  const observedThrough = observationEnd(question.peildatum, question.knownAt);
  const cells = new Map<string, CountedCell<Counts>>();
  for (const chain of startedChains(chains, observedThrough)) {
    const cohort = cohortOf(chain.day0, question.cohort);
    for (const horizon of question.horizons) {
      const key = `${cohort} ${horizon}`;
      const counts = cells.get(key)?.counts ?? none;
      cells.set(key, { cohort, horizon, counts: add(counts, chain, read(chain, horizon, observedThrough)) });
    }
  }
  return [...cells.values()];
}

function read(chain: Chain, horizon: number, observedThrough: Day): Reading {
  if (chain.entry > 0) return { kind: 'lateEntry' };
  const horizonDay = addMonths(chain.day0, horizon);
  const piece = pieceOn(chain, horizonDay);
  if (horizonDay > observedThrough || piece === null) return { kind: 'notMature' };
  return { kind: 'mature', horizonDay, piece, inexact: piece.inexact || chain.pieces[0]?.inexact === true };
}

/** Rows by cohort, ascending, each with a cell for every horizon asked; a cohort has a row when any of its cells is given. */
export function rowsFromCells<Counts, Cell>(
  cells: readonly CountedCell<Counts>[],
  horizons: readonly number[],
  finish: (horizon: number, counts: Counts | null) => Cell,
): readonly CohortRow<Cell>[] {
  const byCohort = new Map<string, Map<number, Counts>>();
  for (const { cohort, horizon, counts } of cells) {
    const row = byCohort.get(cohort) ?? new Map<number, Counts>();
    byCohort.set(cohort, row.set(horizon, counts));
  }
  return [...byCohort.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([cohort, row]) => ({ cohort, cells: horizons.map((horizon) => finish(horizon, row.get(horizon) ?? null)) }));
}
