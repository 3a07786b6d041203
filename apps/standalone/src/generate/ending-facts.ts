import type { LESSONS } from '@bestendig/placement-domain';

import { END_NEVER_REPORTED } from './assumptions';
import { dayNumberOf, textOf } from './calendar';
import { organisationOf, type Employers } from './employers';
import type { Ending } from './endings';
import { employmentKey } from './persons';
import type { Plan } from './plan';
import { pick, type Weighted } from './random';
import { dateText, tell, type Telling } from './told';

const LEARNT: Weighted<(typeof LESSONS)[number]> = [
  ['prepareTeamEarlier', 16], ['checkExpectationsFirst', 20], ['moreGuidance', 20], ['otherTasks', 12], ['smallerSteps', 12], ['fixedContactPerson', 8], ['betterMatch', 8],
  ['structuralBudget', 4],
]; // prettier-ignore

/** What is reported of an end: a last day, a code, an explicit fact, any of them, or nothing. */
export function tellEnding(telling: Telling, ending: Ending, plannedEnd: number | null, employers: Employers): void {
  const { plan, random } = telling;
  const asPlanned = ending.lastDay === plannedEnd;
  switch (ending.outcome.kind) {
    case 'continued':
      return tellContinuation(telling, ending, asPlanned);
    case 'hired':
      tellLastDay(telling, ending);
      return tellHired(telling, ending, employers);
    case 'uitval':
    case 'doorstroom':
    case 'otherwise':
    case 'unknown':
  }
  if (random.chance(asPlanned ? END_NEVER_REPORTED : END_NEVER_REPORTED / 6)) return;
  const explicit = random.chance(plan.source.explicitEndShare) && ending.outcome.kind !== 'unknown';
  // Some sources say when and how in one fact, others the last day in one and the reason in another.
  const inOne = explicit && random.chance(0.35);
  if (!inOne) tellLastDay(telling, ending);
  if (explicit) tellExplicitly(telling, ending, inOne);
}

/** Known ahead where it was planned or notice was given, else on the days after. */
function tellLastDay(telling: Telling, ending: Ending): void {
  const code = codeFor(telling, ending);
  const data = { effectiveDate: dateText(telling, ending.lastDay), ...(code === null ? {} : { endCode: code }) };
  tell(telling, ending.lastDay, { type: 'ContractEnded', data }, telling.random.chance(0.4) ? [-30, -2] : [0, 10]);
}

function tellExplicitly(telling: Telling, ending: Ending, inOne: boolean): void {
  const { random } = telling;
  const { outcome } = ending;
  const day = textOf(ending.lastDay);
  const dates = inOne ? { effectiveDate: day, lastDay: day } : { effectiveDate: day };
  if (outcome.kind === 'uitval') {
    const code = inOne ? codeFor(telling, ending) : null;
    const lesson = random.chance(0.3) ? { lesson: pick(random, LEARNT) } : {};
    const data = { ...dates, cause: outcome.cause, ...(code === null ? {} : { endCode: code }), ...lesson };
    tell(telling, ending.lastDay, { type: 'UitvalRecorded', data }, [1, 40]);
  } else if (outcome.kind === 'doorstroom') {
    tell(telling, ending.lastDay, { type: 'DoorstroomRecorded', data: { ...dates, to: outcome.to } }, [-10, 30]);
  } else if (outcome.kind === 'otherwise') {
    tell(telling, ending.lastDay, { type: 'PlacementEndedOtherwise', data: { ...dates, kind: outcome.how } }, [-5, 20]);
  }
}

/**
 * The list of codes depends on the date (DOMAIN 2.4): before 2020 none is sent, from 2020 to 2022 there were no 05, 06,
 * 91 and 92, and from 2026 the code 31 is split.
 */
function codeFor({ plan, random }: Telling, ending: Ending): string | null {
  const { code, lastDay } = ending;
  if (code === null || lastDay < dayNumberOf(2020, 1, 1) || !random.chance(plan.source.endCodeShare)) return null;
  if (lastDay < dayNumberOf(2023, 1, 1)) {
    if (code === '05' || code === '06') return '02';
    return code === '91' || code === '92' ? '90' : code;
  }
  if (code === '31' && lastDay >= dayNumberOf(2026, 1, 1)) {
    return ending.outcome.kind === 'otherwise' && ending.outcome.how === 'pension' ? '32' : '33';
  }
  return code;
}

/**
 * An employment that goes on under a new key is told in four ways: as continued with its successor, by a code alone, as
 * a fixed term that ended (the next one begins the very next day), or not at all.
 */
function tellContinuation(telling: Telling, ending: Ending, asPlanned: boolean): void {
  const { plan, random } = telling;
  const renewed = ending.outcome.kind === 'continued' && ending.outcome.as === 'renewed';
  if (ending.lastDay < dayNumberOf(2020, 1, 1) && renewed) {
    if (random.chance(0.6)) tellLastDay(telling, { ...ending, code: null });
    return;
  }
  const way = random.next();
  if (renewed && asPlanned && way < 0.15) return;
  if (renewed && way < 0.3) return tellLastDay(telling, { ...ending, code: '30' });
  if (renewed && way < 0.5) return tellLastDay(telling, ending);
  const since2023 = ending.lastDay >= dayNumberOf(2023, 1, 1);
  const endCode = !since2023 || ending.code === '90' ? '90' : ending.code === '91' ? '91' : '92';
  const day = textOf(ending.lastDay);
  const data = { effectiveDate: day, endCode, lastDay: day, ...namedSuccessor(plan, random.chance(renewed ? 0.8 : 0.97)) } as const;
  tell(telling, ending.lastDay, { type: 'EmploymentContinued', data }, [-10, 12]);
}

function tellHired(telling: Telling, ending: Ending, employers: Employers): void {
  const { plan, random } = telling;
  const inlener = plan.post.inleners[0];
  if (inlener === undefined) return;
  const employerId = organisationOf(inlener.employer, employers.sectorOf(inlener.employer));
  const data = { effectiveDate: textOf(ending.lastDay + 1), employerId, ...namedSuccessor(plan, random.chance(0.9)) };
  tell(telling, ending.lastDay + 1, { type: 'HiredByInlener', data }, [-10, 12]);
}

function namedSuccessor(plan: Plan, named: boolean): { successorPlacementId?: string } {
  return named && plan.successor !== null ? { successorPlacementId: employmentKey(plan.successor) } : {};
}
