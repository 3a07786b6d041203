import type { BUDGETS, ContractForm, PlacementRegistered, POST_ORIGINS } from '@bestendig/placement-domain';

import { dayNumberOf, textOf } from './calendar';
import type { Course } from './contracts';
import { inlenersField, organisationOf, type Employers } from './employers';
import { tellEnding } from './ending-facts';
import type { Plan } from './plan';
import { pick, type Random, type Weighted } from './random';
import { tellSupport } from './support-facts';
import { dateText, longAgoText, tell, type Telling, type Told } from './told';
import type { Trial } from './trials';

/** All that there is to tell of one placement: not yet when, by which message, or with which slips. */
export function factsOf(random: Random, plan: Plan, employers: Employers): readonly Told[] {
  const telling: Telling = { plan, random, told: [] };
  tellRegistration(telling, employers);
  for (const trial of plan.trials) tellTrial(telling, trial);
  const { course } = plan;
  if (course === null) return telling.told;
  tellContracts(telling, course);
  plan.endings.forEach((ending, index) => {
    const contracts = course.spells[index]?.contracts ?? [];
    const plannedEnd = contracts[contracts.length - 1]?.plannedEnd ?? null;
    if (ending !== null) tellEnding(telling, ending, plannedEnd, employers);
  });
  const first = course.spells[0]?.contracts[0];
  if (first !== undefined) tellSupport(telling, first.firstDay, plan.endings[0]?.lastDay ?? null, employers);
  return telling.told;
}

const POSTS: Weighted<(typeof POST_ORIGINS)[number]> = [['regular', 62], ['jobcarving', 24], ['functiecreatie', 14]]; // prettier-ignore
const PAID_FROM: Weighted<(typeof BUDGETS)[number]> = [['department', 68], ['central', 19], ['shared', 9], ['subsidy', 4]]; // prettier-ignore

function tellRegistration(telling: Telling, employers: Employers): void {
  const { plan, random } = telling;
  const { start } = plan;
  const existing = start.origin === 'existing';
  const overheid = plan.post.sector !== 'markt';
  const day = existing ? start.day + random.between(0, 12) : start.day - (random.chance(0.3) ? random.between(1, 12) : 0);
  const data: PlacementRegistered = {
    effectiveDate: textOf(day),
    candidateId: '',
    employerId: organisationOf(plan.post.employer, plan.post.sector),
    sector: plan.post.sector,
    region: plan.person.region,
    hoursPerWeek: plan.post.hours,
    arrangement: plan.post.arrangement,
    ...inlenersField(plan.post.inleners, employers),
    postOrigin: pick(random, POSTS),
    aboveFormation: random.chance(overheid ? 0.35 : 0.1),
    budget: overheid ? pick(random, PAID_FROM) : 'department',
    registrationKind: existing ? 'existingWorker' : 'newJob',
    inTargetGroup: plan.person.inTargetGroup,
    // Of those who came long ago nobody knows any more how the post came to be.
    ...(existing && random.chance(0.15) ? { assumed: ['postOrigin'] } : {}),
  };
  tell(telling, day, { type: 'PlacementRegistered', data }, existing ? [0, 0] : [-10, 2]);
}

function tellTrial(telling: Telling, trial: Trial): void {
  const start = { effectiveDate: dateText(telling, trial.firstDay), plannedEnd: textOf(trial.plannedEnd) };
  const end = { effectiveDate: textOf(trial.lastDay) };
  const { firstDay, lastDay } = trial;
  switch (trial.kind) {
    case 'stage':
      tell(telling, firstDay, { type: 'StageStarted', data: start }, [-7, 6]);
      return tell(telling, lastDay, { type: 'StageEnded', data: end }, [0, 12]);
    case 'werkervaringsplek':
      tell(telling, firstDay, { type: 'WerkervaringsplekStarted', data: start }, [-7, 6]);
      return tell(telling, lastDay, { type: 'WerkervaringsplekEnded', data: end }, [0, 12]);
    case 'proefplaatsing':
      return tellProefplaatsing(telling, trial);
  }
}

function tellProefplaatsing(telling: Telling, trial: Trial): void {
  const { random } = telling;
  const { firstDay, plannedEnd, extendedTo, lastDay, authority } = trial;
  // It may not start before the decision (DOMAIN 1.2), so the start is known ahead.
  const data = { effectiveDate: textOf(firstDay), authority, plannedEnd: textOf(plannedEnd), ...(random.chance(0.7) ? { aim: random.chance(0.8) ? ('employment' as const) : ('loonwaarde' as const) } : {}) };
  tell(telling, firstDay, { type: 'ProefplaatsingStarted', data }, [-14, -1]);
  if (extendedTo !== null) {
    const extension = { effectiveDate: textOf(plannedEnd + 1), plannedEnd: textOf(extendedTo) };
    tell(telling, plannedEnd + 1, { type: 'ProefplaatsingExtended', data: extension }, [-14, 1]);
  }
  tell(telling, lastDay, { type: 'ProefplaatsingEnded', data: { effectiveDate: textOf(lastDay), converted: trial.hired } }, [-5, 10]);
}

function tellContracts(telling: Telling, course: Course): void {
  const { plan, random } = telling;
  const form = formOf(telling);
  course.spells.forEach(({ contracts }, spell) => {
    for (const contract of contracts) {
      const { firstDay, permanentFrom } = contract;
      const plannedEnd = contract.plannedEnd === null ? {} : { plannedEnd: textOf(contract.plannedEnd) };
      const existing = plan.start.origin === 'existing' && firstDay < plan.start.day;
      const effectiveDate = existing && spell === 0 && contract.kind === 'signed' ? longAgoText(telling, firstDay) : textOf(firstDay);
      if (contract.kind === 'signed') {
        const data = { effectiveDate, form, ...plannedEnd, ...proeftijd(telling, contract.plannedEnd, firstDay) };
        tell(telling, firstDay, { type: 'ContractSigned', data }, [-16, 4]);
      } else {
        tell(telling, firstDay, { type: 'ContractExtended', data: { effectiveDate, ...plannedEnd } }, random.chance(0.7) ? [-30, -1] : [0, 25]);
      }
      if (permanentFrom !== null) {
        tell(telling, permanentFrom, { type: 'ContractMadePermanent', data: { effectiveDate: textOf(permanentFrom) } }, [-15, 15]);
      }
    }
  });
}

/** Public appointments became contracts by law on 1-1-2020 (Wnra). */
function formOf({ plan, random }: Telling): ContractForm {
  if (plan.post.arrangement === 'uitzend') return 'uitzend';
  if (plan.post.arrangement === 'beschut') return random.chance(0.5) ? 'wsw' : 'arbeidsovereenkomst';
  if (plan.post.arrangement === 'detacheringGroup' && random.chance(0.4)) return 'wsw';
  if (plan.post.sector !== 'markt' && plan.post.inleners.length === 0 && plan.start.day < dayNumberOf(2020, 1, 1)) return 'publiekrechtelijk';
  return pick(random, [['arbeidsovereenkomst', 92], ['payroll', 5], ['bbl', 3]]); // prettier-ignore
}

/** None in a contract of six months or less, nor after a proefplaatsing; a few do it all the same. */
function proeftijd({ plan, random }: Telling, plannedEnd: number | null, firstDay: number): { proeftijdDays?: number } {
  const allowed = plannedEnd === null || plannedEnd - firstDay > 190;
  const afterProefplaatsing = plan.trials.some((trial) => trial.kind === 'proefplaatsing');
  const newHere = plan.start.from === null && plan.start.origin !== 'existing';
  if (!newHere || !allowed || !random.chance(afterProefplaatsing ? 0.01 : 0.4)) return {};
  return { proeftijdDays: plannedEnd === null ? 60 : 30 };
}
