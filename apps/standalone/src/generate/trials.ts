import type { ProefplaatsingAuthority } from '@bestendig/placement-domain';

import { PROEFPLAATSING_HIRED, PROEFPLAATSING_LATER, STAGE_HIRED } from './assumptions';
import { addMonths } from './calendar';
import { pick, type Random } from './random';
import type { Source } from './sources';

/** A phase before paid employment. */
export type Trial = {
  readonly kind: 'stage' | 'werkervaringsplek' | 'proefplaatsing';
  readonly firstDay: number;
  readonly plannedEnd: number;
  /** Of a proefplaatsing: the planned end after its extension. */
  readonly extendedTo: number | null;
  readonly lastDay: number;
  readonly authority: ProefplaatsingAuthority;
  readonly hired: boolean;
};

export type Trials = {
  readonly trials: readonly Trial[];
  /** First day of paid employment, null when it never came to a contract. */
  readonly employedFrom: number | null;
  /** When it did not: whether the person finds work later. */
  readonly laterElsewhere: boolean;
};

/** The phases that come before the contract, if any, from `day` on. */
export function trialsFrom(random: Random, source: Source, day: number): Trials {
  const trials: Trial[] = [];
  let next = day;
  const early = pick<'stage' | 'werkervaringsplek' | null>(random, [
    ['stage', source.stageShare],
    ['werkervaringsplek', source.werkervaringsplekShare],
    [null, 1 - source.stageShare - source.werkervaringsplekShare],
  ]);
  if (early !== null) {
    const trial = stageFrom(random, early, next);
    trials.push(trial);
    if (!trial.hired) return { trials, employedFrom: null, laterElsewhere: random.chance(0.6) };
    next = trial.lastDay + 1;
  }
  if (!random.chance(source.proefplaatsingShare)) return { trials, employedFrom: next, laterElsewhere: false };
  const trial = proefplaatsingFrom(random, source, next);
  trials.push(trial);
  if (!trial.hired) return { trials, employedFrom: null, laterElsewhere: random.chance(PROEFPLAATSING_LATER) };
  const waits = random.chance(0.85) ? 0 : random.between(1, 50);
  return { trials, employedFrom: trial.lastDay + 1 + waits, laterElsewhere: false };
}

function stageFrom(random: Random, kind: 'stage' | 'werkervaringsplek', firstDay: number): Trial {
  const plannedEnd = addMonths(firstDay, random.between(2, kind === 'stage' ? 5 : 6)) - 1;
  const lastDay = random.chance(0.8) ? plannedEnd : random.between(firstDay + 20, plannedEnd);
  return { kind, firstDay, plannedEnd, extendedTo: null, lastDay, authority: 'gemeente', hired: random.chance(STAGE_HIRED) };
}

/** Two months; extended by one or two, seldom four; never beyond the six months that both authorities allow at most (DOMAIN 1.2). */
function proefplaatsingFrom(random: Random, source: Source, firstDay: number): Trial {
  const authority = random.chance(source.gemeenteShare) ? 'gemeente' : 'uwv';
  const plannedEnd = addMonths(firstDay, 2) - 1;
  const longer = pick(random, [[0, 76], [1, 13], [2, 8], [4, 3]] as const); // prettier-ignore
  const extendedTo = longer === 0 ? null : addMonths(firstDay, 2 + longer) - 1;
  const until = extendedTo ?? plannedEnd;
  const from = extendedTo === null ? firstDay + 10 : plannedEnd + 1;
  const lastDay = random.chance(0.88) ? until : random.between(from, until);
  const hired = random.chance(PROEFPLAATSING_HIRED);
  return { kind: 'proefplaatsing', firstDay, plannedEnd, extendedTo, lastDay, authority, hired };
}
