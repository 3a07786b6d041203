import type { Chain, Day } from '@bestendig/placement-domain';
import type { CohortPeriod } from './cohort';
import { isShownAt, observationEnd } from './observation';

/** What one asks: read on which day, as known when, grouped how, after how many months. */
export type CohortQuestion = {
  readonly peildatum: Day;
  /** UTC text; only what was recorded at or before it counts. */
  readonly knownAt: string;
  readonly cohort: CohortPeriod;
  /** Months after day 0, each at least 0. */
  readonly horizons: readonly number[];
};

/** What every answer says beside its cells (MEASURES, opening and 1). */
export type AnswerFrame = {
  /** Name and version of the definition; it is never edited, only followed by a next version. */
  readonly definition: string;
  readonly peildatum: Day;
  readonly knownAt: string;
  /** The lowest and the highest observation end E in the answer. */
  readonly observedThrough: { readonly lowest: Day; readonly highest: Day };
  /** True where the peildatum lies after the day of knownAt, so that nobody has seen the days between. */
  readonly peildatumCutBack: boolean;
  readonly cohort: CohortPeriod;
  readonly horizons: readonly number[];
  readonly leftOut: LeftOut;
  /** Our own reading, where no source fixes it. */
  readonly ownReadings: readonly string[];
};

/** Counted over all chains of the answer, whatever their cohort. */
export type LeftOut = {
  /** Placements with day 0 after E: in no cell, and they continue nothing (MEASURES 1). */
  readonly afterObservation: number;
  /** Ends under code 30 that were read as continued, by E (MEASURES 3). */
  readonly readAsContinued: number;
  /** Recorded continuations that were not followed, by E (MEASURES 3 and 8). */
  readonly inconsistencies: number;
};

/** Those that can move a figure; the text of MEASURES leaves each open. */
const OWN_READINGS = [
  'Between two spells of one placement the chain is ended, with the outcome of the earlier end, and then in work again.',
  'What is said about an end (its outcome, its continuation) is dated by that end, not by the day on which it was said.',
  'An end under code 32 or 33 is pension or death, whatever fact or continuation is recorded of it.',
  'Of uitval or doorstroom and agreed outflow recorded of one end, the first counts.',
  'An end under code 02 has an unknown reason.',
  'Of two ends that name the same continuation, the one that ended last has it; the other is unconfirmed.',
  'A continuation that begins too early, or names its own placement, counts as one that names nobody.',
  'Hired by the inlener without a recorded last day: the work before it stops on the day before, unless the placement shows a contract from then on.',
  'Hired by the inlener without a named placement: it goes on in the one at the inlener that begins on that day.',
  'The date of the registration of an existing worker counts for lateEntry also where it lies after observedThrough.',
] as const;

/** The frame of an answer, from its question and the counts that were left out. Pure: the same question gives the same text. */
export function answerFrame(definition: string, question: CohortQuestion, leftOut: LeftOut): AnswerFrame {
  const observedThrough = observationEnd(question.peildatum, question.knownAt);
  return {
    definition,
    peildatum: question.peildatum,
    knownAt: question.knownAt,
    observedThrough: { lowest: observedThrough, highest: observedThrough },
    peildatumCutBack: observedThrough < question.peildatum,
    cohort: question.cohort,
    horizons: question.horizons,
    leftOut,
    ownReadings: OWN_READINGS,
  };
}

/** What is left out of cells or was read, counted over chains that are shown at E. */
export function countLeftOut(chains: readonly Chain[], observedThrough: Day): LeftOut {
  // Where a hiring or a return bounds a chain, a placement may stand in two: as its continuation and, to begin later, by itself.
  const afterObservation = new Set<string>();
  let readAsContinued = 0;
  let inconsistencies = 0;
  for (const chain of chains) {
    if (!isShownAt(chain, observedThrough)) continue;
    const begun = new Set<string>();
    for (const { firstDay, placementId } of chain.pieces) if (firstDay <= observedThrough) begun.add(placementId);
    for (const placementId of chain.placementIds) if (!begun.has(placementId)) afterObservation.add(placementId);
    for (const day of chain.readAsContinuedOn) if (day <= observedThrough) readAsContinued += 1;
    for (const { on } of chain.inconsistencies) if (on <= observedThrough) inconsistencies += 1;
  }
  return { afterObservation: afterObservation.size, readAsContinued, inconsistencies };
}

/** The chains that cells are made of: shown at E, begun by E. */
export function startedChains(chains: readonly Chain[], observedThrough: Day): readonly Chain[] {
  return chains.filter((chain) => isShownAt(chain, observedThrough) && chain.day0 <= observedThrough);
}
