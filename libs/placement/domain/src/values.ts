import { addDays } from './days';
import type { Arrangement, Day, Inlener, PlacementRegistered } from './facts';
import type { Gathered, Point } from './gather';
import { park, type Live, type Verdicts } from './live-fact';
import type { DatedValue, Timeline } from './timeline-types';

/** The fact that stands of those that give the same thing for the same day; by day and rank, so the first of each day. */
function onePerDay<Fact extends Live>(facts: readonly Fact[], verdicts: Verdicts): readonly Fact[] {
  if (facts.length < 2) return facts;
  const stands: Fact[] = [];
  for (const fact of facts) {
    const last = stands[stands.length - 1];
    if (last !== undefined && last.day === fact.day) park(verdicts, fact, 'otherFactStands', last);
    else stands.push(fact);
  }
  return stands;
}

/** `values` by day, with `value` from `day` on: in the place of what was said for that very day. */
function withValue<T>(values: DatedValue<T>[], from: Day, value: T, yields = false): void {
  let at = values.length;
  while (at > 0 && (values[at - 1]?.from ?? '') > from) at--;
  const same = values[at - 1]?.from === from;
  if (!same) values.splice(at, 0, { from, value });
  else if (!yields) values[at - 1] = { from, value };
}

/** Hours per week; a change on the day of the registration counts before the registration's. */
export function hoursPerWeek(
  registration: Point<'PlacementRegistered'>,
  changes: Gathered['hours'],
  verdicts: Verdicts,
): Timeline['hoursPerWeek'] {
  const values = onePerDay(changes, verdicts).map(({ day, data }) => ({ from: day, value: data.hoursPerWeek }));
  withValue(values, registration.day, registration.data.hoursPerWeek, true);
  return values;
}

/** Department, task and location; a code that a change does not name stays as it was. */
export function workCodes(changes: Gathered['work'], verdicts: Verdicts): Timeline['work'] {
  let value: Timeline['work'][number]['value'] = {};
  return onePerDay(changes, verdicts).map(({ day, data }) => {
    value = {
      ...value,
      ...(data.departmentCode === undefined ? {} : { departmentCode: data.departmentCode }),
      ...(data.taskCode === undefined ? {} : { taskCode: data.taskCode }),
      ...(data.locationCode === undefined ? {} : { locationCode: data.locationCode }),
    };
    return { from: day, value };
  });
}

/** One training of one person a day: Harrie by the buddy and by the jobcoach are two. */
export function trainings(completed: Gathered['trainings'], verdicts: Verdicts): Timeline['trainings'] {
  const stands: Gathered['trainings'] = [];
  for (const fact of completed) {
    const same = stands.find(
      (other) => other.day === fact.day && other.data.training === fact.data.training && other.data.by === fact.data.by,
    );
    if (same === undefined) stands.push(fact);
    else park(verdicts, fact, 'otherFactStands', same);
  }
  return stands.map(({ day, data }) => ({ training: data.training, by: data.by, date: day }));
}

type Arranged = { readonly arrangement: Arrangement; readonly inleners: readonly Inlener[] };
const NO_INLENERS: readonly Inlener[] = [];

/** What the placement is from when the inlener employs: its arrangement is then that employer's own employment. */
export type Hiring = { readonly from: Day; readonly employerId: string; readonly successorPlacementId: string | null };

export type Arrangements = {
  readonly arrangement: Timeline['arrangement'];
  readonly employer: Timeline['employer'];
  readonly hired: Hiring | null;
};

/** Arrangements, and the one hiring by an inlener that stands. */
export function arrangements(
  registration: Point<'PlacementRegistered'>,
  changes: Gathered['arrangements'],
  hirings: Gathered['hired'],
  verdicts: Verdicts,
): Arrangements {
  const changed = onePerDay(changes, verdicts);
  const arrangement: DatedValue<Arranged>[] = changed.map(({ day, data }) => ({ from: day, value: arranged(data) }));
  withValue(arrangement, registration.day, arranged(registration.data), true);
  const employer: DatedValue<string>[] = [{ from: registration.day, value: registration.data.employerId }];

  let stands: Point<'HiredByInlener'> | null = null;
  const possible: Point<'HiredByInlener'>[] = [];
  for (const fact of hirings) {
    if (!hasInlener(arrangement, addDays(fact.day, -1), fact.data.employerId)) park(verdicts, fact, 'noInlener');
    else {
      possible.push(fact);
      if (stands === null || fact.order < stands.order) stands = fact;
    }
  }
  if (stands === null) return { arrangement, employer, hired: null };
  for (const fact of possible) if (fact !== stands) park(verdicts, fact, 'otherFactStands', stands);

  const { employerId, successorPlacementId } = stands.data;
  const saidOtherwise = changed.some(({ day }) => day === stands?.day);
  withValue(arrangement, stands.day, { arrangement: 'ownEmployment', inleners: NO_INLENERS }, saidOtherwise);
  withValue(employer, stands.day, employerId);
  return {
    arrangement,
    employer,
    hired: { from: stands.day, employerId, successorPlacementId: successorPlacementId ?? null },
  };
}

function arranged(data: Pick<PlacementRegistered, 'arrangement' | 'inleners'>): Arranged {
  return { arrangement: data.arrangement, inleners: data.inleners ?? NO_INLENERS };
}

/** An arrangement that names no inleners may have any. Before the first that is known, the first counts. */
function hasInlener(arrangement: readonly DatedValue<Arranged>[], day: Day, employerId: string): boolean {
  let on = arrangement[0];
  for (const value of arrangement) if (value.from <= day) on = value;
  if (on === undefined || LENDING.get(on.value.arrangement) !== true) return false;
  return on.value.inleners.length === 0 || on.value.inleners.some((inlener) => inlener.employerId === employerId);
}

const LENDS: { readonly [arrangement in Arrangement]: boolean } = {
  ownEmployment: false,
  uitzend: true,
  detacheringIndividual: true,
  detacheringGroup: true,
  inkoop: false,
  beschut: false,
};
/** Also of what is no arrangement, so that nothing throws. */
const LENDING: ReadonlyMap<string, boolean> = new Map(Object.entries(LENDS));
