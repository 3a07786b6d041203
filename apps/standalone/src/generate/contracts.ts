import {
  BACK_UNDER_SAME_KEY, BEYOND_KETEN, FIRST_CONTRACT_MONTHS, FLEX_CONTRACT_MONTHS, GOES_ON, MADE_PERMANENT, MONTHLY_END_PERMANENT, MONTHLY_END_TEMPORARY, NEXT_CONTRACT_MONTHS,
  RENEWED_UNDER_NEW_KEY, REPORTED_BEFORE,
} from './assumptions'; // prettier-ignore
import { addMonths, dayNumberOf, monthEndOf, yearOf } from './calendar';
import { pick, type Random } from './random';

export type ContractPlan = {
  readonly firstDay: number;
  /** Null: permanent. */
  readonly plannedEnd: number | null;
  readonly kind: 'signed' | 'extended';
  /** Made permanent within the contract, from this day. */
  readonly permanentFrom: number | null;
};

/** How a job ended: at the end its contract planned, in between, or going on as a new employment of the same job. */
export type Stop = { readonly lastDay: number; readonly at: 'plannedEnd' | 'inBetween' | 'renewed'; readonly permanent: boolean };

export type Course = {
  /** One list per spell: a person may come back under the same employment key. */
  readonly spells: readonly { readonly contracts: readonly ContractPlan[]; readonly stop: Stop | null }[];
  /** The keten, for a renewal under a new key. */
  readonly contractsInChain: number;
  readonly chainFrom: number;
};

export type CourseStart = {
  readonly firstDay: number;
  readonly contractsBefore: number;
  readonly chainFrom: number;
  readonly permanent: boolean;
  readonly flex: boolean;
  readonly frailty: number;
  /** Second jobs and continuations stay one placement: no renewal under a new key. */
  readonly mayRenew: boolean;
  /** For existing workers: in work at least until this day, with the contract they then had. */
  readonly existing: { readonly until: number; readonly months: number } | null;
};

/** Contracts planned to end this long after the last report are still open. */
const OPEN_AFTER = REPORTED_BEFORE + 60;
const DAYS_PER_MONTH = 30.4375;
const YEAR_END = 0.4;
const MONTH_END = 0.7;

type Walk = { contracts: ContractPlan[]; firstDay: number; plannedEnd: number | null; number: number; chainFrom: number; jobFrom: number; aliveUntil: number };

/** The contracts of one job in order, until it ends or the history does. */
export function courseOf(random: Random, start: CourseStart): Course {
  const spells: { contracts: readonly ContractPlan[]; stop: Stop | null }[] = [];
  const walk: Walk = {
    contracts: [], firstDay: start.firstDay, plannedEnd: firstPlannedEnd(random, start), number: start.contractsBefore + 1,
    chainFrom: start.chainFrom, jobFrom: start.chainFrom, aliveUntil: start.existing?.until ?? 0,
  }; // prettier-ignore
  let stop = spellOf(random, start, walk);
  spells.push({ contracts: walk.contracts, stop });
  if (stop !== null && stop.at === 'plannedEnd' && random.chance(BACK_UNDER_SAME_KEY)) {
    walk.firstDay = stop.lastDay + random.between(20, 150);
    if (walk.firstDay < REPORTED_BEFORE) {
      walk.contracts = [];
      walk.plannedEnd = addMonths(walk.firstDay, 6) - 1;
      walk.number += 1;
      walk.jobFrom = walk.firstDay;
      stop = spellOf(random, { ...start, mayRenew: false }, walk);
      spells.push({ contracts: walk.contracts, stop });
    }
  }
  return { spells, contractsInChain: walk.number, chainFrom: walk.chainFrom };
}

function firstPlannedEnd(random: Random, start: CourseStart): number | null {
  if (start.permanent) return null;
  if (start.existing !== null) return start.existing.months === 0 ? null : addMonths(start.firstDay, start.existing.months) - 1;
  const months =
    start.contractsBefore > 0
      ? pick(random, NEXT_CONTRACT_MONTHS)
      : pick(random, start.flex ? FLEX_CONTRACT_MONTHS : FIRST_CONTRACT_MONTHS);
  return months === 0 ? null : plannedEndOf(random, start.firstDay, months);
}

/** So many months on; many are agreed until the end of a month instead, and of those that come near it until the end of the year. */
function plannedEndOf(random: Random, firstDay: number, months: number): number {
  const end = addMonths(firstDay, months) - 1;
  const kind = random.next();
  const yearEnd = dayNumberOf(yearOf(end - 70), 12, 31);
  if (kind < YEAR_END && Math.abs(end - yearEnd) <= 70 && yearEnd > firstDay + 60) return yearEnd;
  return kind < MONTH_END ? monthEndOf(end) : end;
}

function spellOf(random: Random, start: CourseStart, walk: Walk): Stop | null {
  let kind: 'signed' | 'extended' = 'signed';
  for (;;) {
    const { firstDay, plannedEnd } = walk;
    const ended = endInBetween(random, start.frailty, walk);
    if (ended !== null) {
      walk.contracts.push({ firstDay, plannedEnd, kind, permanentFrom: null });
      return { lastDay: ended, at: 'inBetween', permanent: plannedEnd === null };
    }
    const open = plannedEnd === null || plannedEnd > OPEN_AFTER;
    if (open || !goesOn(random, start.frailty, walk, plannedEnd)) {
      walk.contracts.push({ firstDay, plannedEnd, kind, permanentFrom: null });
      return open ? null : { lastDay: plannedEnd, at: 'plannedEnd', permanent: false };
    }
    if (start.mayRenew && random.chance(RENEWED_UNDER_NEW_KEY)) {
      walk.contracts.push({ firstDay, plannedEnd, kind, permanentFrom: null });
      return { lastDay: plannedEnd, at: 'renewed', permanent: false };
    }
    const permanent = becomesPermanent(random, walk, plannedEnd);
    if (permanent && random.chance(0.45)) {
      const permanentFrom = Math.max(firstDay + 1, plannedEnd - random.between(0, 40));
      walk.contracts.push({ firstDay, plannedEnd, kind, permanentFrom });
      return permanentUntil(random, start.frailty, { ...walk, firstDay: plannedEnd + 1, plannedEnd: null });
    }
    walk.contracts.push({ firstDay, plannedEnd, kind, permanentFrom: null });
    kind = 'extended';
    walk.firstDay = plannedEnd + 1;
    walk.plannedEnd = permanent ? null : plannedEndOf(random, walk.firstDay, pick(random, NEXT_CONTRACT_MONTHS));
    walk.number += 1;
  }
}

function permanentUntil(random: Random, frailty: number, walk: Walk): Stop | null {
  const ended = endInBetween(random, frailty, walk);
  return ended === null ? null : { lastDay: ended, at: 'inBetween', permanent: true };
}

/** Month by month; six in ten who leave do so at the end of a month. Null: not before the planned end, or the history's. */
function endInBetween(random: Random, frailty: number, walk: Walk): number | null {
  const permanent = walk.plannedEnd === null;
  const until = walk.plannedEnd ?? OPEN_AFTER;
  for (let month = 0; ; month += 1) {
    const from = walk.firstDay + Math.floor(month * DAYS_PER_MONTH);
    if (from >= until || from > OPEN_AFTER) return null;
    if (from < walk.aliveUntil) continue;
    const years = Math.floor((from - walk.jobFrom) / 365);
    const chance = permanent ? (MONTHLY_END_PERMANENT[Math.min(years, 5)] ?? 0) : MONTHLY_END_TEMPORARY;
    if (!random.chance(chance * frailty)) continue;
    const somewhere = from + random.between(0, 29);
    const lastDay = random.chance(0.6) ? monthEndOf(somewhere) : somewhere;
    return lastDay >= until ? null : lastDay;
  }
}

function goesOn(random: Random, frailty: number, walk: Walk, plannedEnd: number): boolean {
  if (plannedEnd < walk.aliveUntil) return true;
  const chance = GOES_ON[Math.min(walk.number, 3) - 1] ?? GOES_ON[2];
  return random.chance(1 - (1 - chance) * frailty);
}

/** By choice, or because the keten leaves no other contract (DOMAIN 2.1); few go beyond it and are permanent by law. */
function becomesPermanent(random: Random, walk: Walk, plannedEnd: number): boolean {
  if (random.chance(MADE_PERMANENT[yearOf(plannedEnd)] ?? 0.2)) return true;
  const monthsMax = plannedEnd >= dayNumberOf(2020, 1, 1) ? 36 : plannedEnd >= dayNumberOf(2015, 7, 1) ? 24 : 36;
  const full = walk.number >= 3 || addMonths(walk.chainFrom, monthsMax - 6) <= plannedEnd + 1;
  return full && !random.chance(BEYOND_KETEN);
}
