import type { PlacementFact } from '@bestendig/placement-domain';

import { monthOf, textOf, yearOf } from './calendar';
import type { Plan } from './plan';
import type { Random } from './random';

/**
 * A fact as a source will tell it. The data has the fields of facts.ts, but dates are message text, which may carry a
 * precision (`2023-03`, `2012~`), and ids are the source's keys and organisation numbers.
 */
export type Told = {
  readonly fact: PlacementFact;
  /** The day it is about, exactly. */
  readonly day: number;
  /** The day on which the source knows: before `day` where it was arranged ahead. */
  readonly knownOn: number;
};

/** Collects the facts of one placement. */
export type Telling = {
  readonly plan: Plan;
  readonly random: Random;
  readonly told: Told[];
};

/** Tells a fact about `day`, known between `early` and `late` days after it (negative: ahead). */
export function tell(telling: Telling, day: number, fact: PlacementFact, [early, late]: readonly [number, number]): void {
  telling.told.push({ fact, day, knownOn: day + telling.random.between(early, late) });
}

/** The day, or in the source's share of cases only its month. */
export function dateText(telling: Telling, day: number): string {
  const { random, plan } = telling;
  if (!random.chance(plan.source.inexactShare)) return textOf(day);
  return random.chance(0.3) ? `${textOf(day).slice(0, 7)}~` : textOf(day).slice(0, 7);
}

/** Of long ago: often no more than the year or the quarter is known, and some of that is a guess. */
export function longAgoText(telling: Telling, day: number): string {
  const { random } = telling;
  if (random.chance(0.68)) return textOf(day);
  const precision = random.next();
  const text =
    precision < 0.5 ? String(yearOf(day)) : precision < 0.75 ? `${yearOf(day)}-Q${Math.ceil(monthOf(day) / 3)}` : textOf(day).slice(0, 7);
  return random.chance(0.35) ? `${text}~` : text;
}
