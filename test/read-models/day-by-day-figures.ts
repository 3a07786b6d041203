import { addMonths, timeline, type PlacementEvent, type Timeline } from '@bestendig/placement-domain';
import { cohortOf, type CohortPeriod } from '@bestendig/duurzaamheid-domain';
import { stateOnDay } from '@bestendig/testing';
import { placementsOf, type LoggedEvent } from './random-logs';

/** A cell counted by hand: subjects by where they stand on their horizon day. */
export type CountedByHand = {
  mature: number;
  inWork: number;
  unconfirmed: number;
  uitval: number;
  doorstroom: number;
  otherKnown: number;
  otherUnknown: number;
  notMature: number;
  lateEntry: number;
};

export type Told = { readonly placementId: string; readonly timeline: Timeline };

/** The placements of each person as known at a moment. */
export function personsAt(log: readonly LoggedEvent[], knownAt: string): readonly (readonly Told[])[] {
  const persons = new Map<string, Told[]>();
  for (const { placementId, events } of placementsOf(log, knownAt)) {
    const read = timeline(events as readonly PlacementEvent[], knownAt);
    const candidateId = read.registration?.candidateId;
    if (candidateId !== undefined)
      persons.set(candidateId, [...(persons.get(candidateId) ?? []), { placementId, timeline: read }]);
  }
  return [...persons.values()];
}

/**
 * MEASURES 4's cells by brute force over the raw events: every person lives day by day, and every subject is looked up on
 * its own horizon day. Keys are `cohort horizon`.
 */
export function cellsByHand(
  log: readonly LoggedEvent[],
  question: {
    readonly knownAt: string;
    readonly observedThrough: string;
    readonly cohort: CohortPeriod;
    readonly horizons: readonly number[];
  },
): ReadonlyMap<string, CountedByHand> {
  const cells = new Map<string, CountedByHand>();
  for (const placements of personsAt(log, question.knownAt)) {
    for (const subject of stateOnDay(placements, question.observedThrough)) {
      for (const horizon of question.horizons) {
        const key = `${cohortOf(subject.day0, question.cohort)} ${horizon}`;
        const cell = cells.get(key) ?? {
          mature: 0,
          inWork: 0,
          unconfirmed: 0,
          uitval: 0,
          doorstroom: 0,
          otherKnown: 0,
          otherUnknown: 0,
          notMature: 0,
          lateEntry: 0,
        };
        cells.set(key, cell);
        const day = addMonths(subject.day0, horizon);
        if (subject.entry > 0) cell.lateEntry += 1;
        else if (day > question.observedThrough) cell.notMature += 1;
        else {
          const then = stateOnDay(placements, day, question.observedThrough).find(
            ({ first }) => first === subject.first,
          );
          if (then === undefined) throw new Error('a subject that is there at the end is not there on its horizon day');
          cell.mature += 1;
          cell[then.state] += 1;
        }
      }
    }
  }
  return cells;
}
