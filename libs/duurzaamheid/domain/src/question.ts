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

const OWN_READINGS = [
  'Between two spells of one placement the chain is ended, with the outcome of the earlier end, and then in work again.',
  'What is said about an end (its outcome, its continuation) is dated by that end, not by the day on which it was said.',
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
  let afterObservation = 0;
  let readAsContinued = 0;
  let inconsistencies = 0;
  for (const chain of chains) {
    if (!isShownAt(chain, observedThrough)) continue;
    const begun = new Set<string>();
    for (const { firstDay, placementId } of chain.pieces) if (firstDay <= observedThrough) begun.add(placementId);
    afterObservation += chain.placementIds.length - begun.size;
    for (const day of chain.readAsContinuedOn) if (day <= observedThrough) readAsContinued += 1;
    for (const { on } of chain.inconsistencies) if (on <= observedThrough) inconsistencies += 1;
  }
  return { afterObservation, readAsContinued, inconsistencies };
}

/** The chains that cells are made of: shown at E, begun by E. */
export function startedChains(chains: readonly Chain[], observedThrough: Day): readonly Chain[] {
  return chains.filter((chain) => isShownAt(chain, observedThrough) && chain.day0 <= observedThrough);
}
