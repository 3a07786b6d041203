import { REPORTED_BEFORE } from './assumptions';
import { addMonths, textOf } from './calendar';
import { inlenersField, jobcoachProvider, type Employers } from './employers';
import { pick } from './random';
import { dateText, tell, type Telling } from './told';

const DAYS_PER_YEAR = 365;

/** What happens beside the contracts: jobcoach, buddy, training, leave, other hours, other work, other inlener. */
export function tellSupport(telling: Telling, firstDay: number, lastDay: number | null, employers: Employers): void {
  const { plan } = telling;
  // Of an existing worker only what happens from the first delivery on is told.
  const from = Math.max(firstDay, plan.start.day);
  const until = Math.min(lastDay ?? REPORTED_BEFORE, REPORTED_BEFORE);
  if (until - from < 10) return;
  tellJobcoach(telling, from, until);
  tellBuddy(telling, from, until);
  tellInterruptions(telling, from, until);
  tellChanges(telling, from, until, employers);
}

/** Decisions take weeks, so hardly anybody has one on day 0; grants are for half a year, as a rule three years at most (DOMAIN 2.3). */
function tellJobcoach(telling: Telling, from: number, until: number): void {
  const { plan, random } = telling;
  if (plan.start.second || plan.post.hours < 12 || !random.chance(0.36)) return;
  const kind = random.chance(0.9) ? 'external' : 'internal';
  const providerId = kind === 'external' ? { providerId: jobcoachProvider(random) } : {};
  let day = from + random.between(35, 130);
  let level = pick(random, [['licht', 30], ['midden', 45], ['intensief', 25]] as const); // prettier-ignore
  for (let grant = 1; grant <= 6 && day < until - 20; grant += 1) {
    const grantUntil = addMonths(day, 6) - 1;
    const data = { effectiveDate: textOf(day), kind, level, ...providerId, grantUntil: textOf(grantUntil) } as const;
    tell(telling, day, { type: 'JobcoachAssigned', data }, [-10, 25]);
    if (until < grantUntil || grant === 6 || !random.chance(0.76)) {
      const lastDay = Math.min(grantUntil, until);
      if (lastDay < REPORTED_BEFORE && random.chance(0.7)) {
        tell(telling, lastDay, { type: 'JobcoachEnded', data: { effectiveDate: textOf(lastDay), kind } }, [-5, 20]);
      }
      return;
    }
    day = grantUntil + 1;
    if (level === 'intensief' || (level === 'midden' && random.chance(0.5))) level = level === 'intensief' ? 'midden' : 'licht';
  }
}

function tellBuddy(telling: Telling, from: number, until: number): void {
  const { random } = telling;
  if (!random.chance(0.18)) return;
  const day = Math.min(until, from + random.between(0, 40));
  tell(telling, day, { type: 'BuddyAssigned', data: { effectiveDate: textOf(day) } }, [0, 20]);
  if (random.chance(0.35)) {
    const trained = day + random.between(20, 200);
    const by = pick(random, [['buddy', 58], ['jobcoach', 14], ['manager', 22], ['worker', 6]] as const); // prettier-ignore
    if (trained < until) tell(telling, trained, { type: 'TrainingCompleted', data: { effectiveDate: dateText(telling, trained), training: 'harrie', by } }, [1, 30]);
  }
  const lastDay = day + random.between(60, 500);
  if (lastDay < until) tell(telling, lastDay, { type: 'BuddyEnded', data: { effectiveDate: textOf(lastDay) } }, [0, 20]);
}

/** Sickness of two weeks and more, and leave. One that lasts until the job ends has no day back. */
function tellInterruptions(telling: Telling, from: number, until: number): void {
  const { random } = telling;
  for (let day = from + random.between(10, 3 * DAYS_PER_YEAR); day < until; day += random.between(90, 8 * DAYS_PER_YEAR)) {
    const kind = pick(random, [['sickness', 78], ['paidLeave', 13], ['unpaidLeave', 9]] as const); // prettier-ignore
    const days = kind === 'sickness' ? random.between(14, random.chance(0.15) ? 330 : 70) : random.between(20, random.chance(0.4) ? 190 : 90);
    tell(telling, day, { type: 'EmploymentInterrupted', data: { effectiveDate: dateText(telling, day), kind } }, [0, 8]);
    const back = day + days;
    if (back > until) return;
    tell(telling, back, { type: 'EmploymentResumed', data: { effectiveDate: textOf(back) } }, [0, 8]);
    day = back;
  }
}

function tellChanges(telling: Telling, from: number, until: number, employers: Employers): void {
  const { plan, random } = telling;
  let hours = plan.post.hours;
  for (let day = from + random.between(60, 8 * DAYS_PER_YEAR); day < until; day += random.between(150, 10 * DAYS_PER_YEAR)) {
    const change = random.chance(0.62) ? 4 : -4;
    hours = Math.min(40, Math.max(8, hours + change));
    tell(telling, day, { type: 'HoursChanged', data: { effectiveDate: textOf(day), hoursPerWeek: hours } }, [-20, 8]);
  }
  for (let day = from + random.between(60, 9 * DAYS_PER_YEAR); day < until; day += random.between(150, 12 * DAYS_PER_YEAR)) {
    const department = random.chance(0.6) ? { departmentCode: `AFD-${random.between(10, 99)}` } : {};
    const location = random.chance(0.3) ? { locationCode: `LOC-${random.between(1, 40)}` } : {};
    const data = { effectiveDate: dateText(telling, day), ...department, taskCode: `TAAK-${random.between(10, 79)}`, ...location };
    tell(telling, day, { type: 'WorkChanged', data }, [-5, 20]);
  }
  const inlener = plan.post.inleners[0];
  if (inlener === undefined || plan.post.arrangement === 'detacheringGroup' || plan.successor?.origin === 'hired' || !random.chance(0.2)) return;
  const day = from + random.between(60, 2 * DAYS_PER_YEAR);
  if (day >= until) return;
  const overheid = employers.sectorOf(inlener.employer) !== 'markt';
  const other = overheid ? employers.overheid(random) : employers.markt(random, plan.person.region);
  const data = { effectiveDate: textOf(day), arrangement: plan.post.arrangement, ...inlenersField([{ employer: other, share: 1 }], employers) };
  tell(telling, day, { type: 'ArrangementChanged', data }, [-10, 10]);
}
