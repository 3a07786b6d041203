import { FOR_EVER, type Job, type Stretch } from './read-history';

/** 1-1-2015 to 31-5-2026, day by day. */
export const FIRST_DAY = Date.UTC(2015, 0, 1) / 86_400_000;
export const LAST_DAY = Date.UTC(2026, 4, 31) / 86_400_000;

const IN_WORK = 1;
const UNCONFIRMED = 2;

/** One job (with all that continues it) in a person's life, day by day. */
type Line = { readonly days: Uint8Array; readonly members: readonly Job[] };
export type Life = { readonly jobs: readonly Job[]; readonly lines: readonly Line[] };

export const dayNumber = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 86_400_000;
/** The last day of a quarter; quarters beyond 4 are of later years. */
export const quarterEnd = (year: number, quarter: number): number => dayNumber(year, quarter * 3 + 1, 1) - 1;

/** Every person's jobs; jobs that continue each other share a line. */
export function livesOf(jobs: readonly Job[]): readonly Life[] {
  const byPerson = new Map<string, Job[]>();
  for (const job of jobs) {
    const list = byPerson.get(job.person);
    if (list === undefined) byPerson.set(job.person, [job]);
    else list.push(job);
  }
  return [...byPerson.values()].map((own) => ({ jobs: own, lines: linesOf(own) }));
}

function linesOf(jobs: readonly Job[]): readonly Line[] {
  const begun = jobs.filter((job) => job.spells.length > 0).sort((a, b) => firstDayOf(a) - firstDayOf(b));
  const lineOfJob = new Map<string, Job[]>();
  const lines: Job[][] = [];
  for (const job of begun) {
    const before = begun.find((other) => other !== job && lineOfJob.has(other.key) && continuesAs(other, job));
    const line = before === undefined ? undefined : lineOfJob.get(before.key);
    if (line === undefined) {
      const own = [job];
      lines.push(own);
      lineOfJob.set(job.key, own);
    } else {
      line.push(job);
      lineOfJob.set(job.key, line);
    }
  }
  return lines.map((members) => ({ members, days: daysOf(members) }));
}

const firstDayOf = (job: Job): number => job.spells[0]?.firstDay ?? FOR_EVER;

function continuesAs(job: Job, next: Job): boolean {
  const last = job.spells[job.spells.length - 1];
  if (last === undefined) return false;
  if (last.continues?.key === next.key) return true;
  const nextDay = firstDayOf(next) === (last.lastDay ?? last.confirmedTo) + 1 && next.employer === job.employer;
  return nextDay && (last.continues !== null || last.mayReadAsContinued);
}

function daysOf(members: readonly Job[]): Uint8Array {
  const days = new Uint8Array(LAST_DAY - FIRST_DAY + 1);
  for (const member of members) for (const spell of member.spells) paint(days, spell);
  return days;
}

function paint(days: Uint8Array, { firstDay, lastDay, confirmedTo }: Stretch): void {
  const until = Math.min(lastDay ?? confirmedTo, LAST_DAY);
  for (let day = Math.max(firstDay, FIRST_DAY); day <= until; day += 1) days[day - FIRST_DAY] = IN_WORK;
  if (lastDay !== null) return;
  for (let day = Math.max(confirmedTo + 1, FIRST_DAY); day <= LAST_DAY; day += 1) if (days[day - FIRST_DAY] === 0) days[day - FIRST_DAY] = UNCONFIRMED;
}

export const lineWorks = (line: Line, day: number): boolean => line.days[day - FIRST_DAY] === IN_WORK;
/** A job of an existing worker is seen from its registration on. */
const observed = (line: Line, day: number): boolean => line.members.some((job) => !job.existing || job.registeredOn <= day);
export const works = (life: Life, day: number): boolean => life.lines.some((line) => lineWorks(line, day) && observed(line, day));

/** Of those working on the base day: working on the read day, and in the same job. */
export function yearOn(lives: readonly Life[], base: number, read: number): { base: number; stillOrAgain: number; sameJob: number } {
  let [count, stillOrAgain, sameJob] = [0, 0, 0];
  for (const life of lives) {
    if (!works(life, base)) continue;
    count += 1;
    if (works(life, read)) stillOrAgain += 1;
    if (life.lines.some((line) => lineWorks(line, base) && observed(line, base) && lineWorks(line, read))) sameJob += 1;
  }
  return { base: count, stillOrAgain: stillOrAgain / count, sameJob: sameJob / count };
}

/** Starters of four quarters up to `quarter`, each read on the last day of the own quarter + 4. */
export function starters(lives: readonly Life[], year: number, quarter: number): { starters: number; working: number } {
  let [count, working] = [0, 0];
  for (const life of lives) {
    for (let back = 3; back >= 0; back -= 1) {
      const [from, end] = [quarterEnd(year, quarter - back - 1), quarterEnd(year, quarter - back)];
      const starts = life.lines.some(({ members }) => {
        const first = members[0];
        return first !== undefined && !first.existing && firstDayOf(first) > from && firstDayOf(first) <= end;
      });
      if (!starts) continue;
      count += 1;
      if (works(life, quarterEnd(year, quarter - back + 4))) working += 1;
      break;
    }
  }
  return { starters: count, working: working / count };
}

/** Share of the hours per week worked on that day that is on a permanent contract, and what else is counted by hours. */
export function hoursOn(lives: readonly Life[], day: number): { hours: number; permanent: number; persons: number; overheid: number; inleen: number } {
  const sum = { hours: 0, permanent: 0, persons: 0, overheid: 0, inleen: 0 };
  for (const life of lives) {
    if (works(life, day)) sum.persons += 1;
    for (const line of life.lines) {
      if (!observed(line, day)) continue;
      for (const job of line.members) {
        const spell = job.spells.find(({ firstDay, lastDay, confirmedTo }) => firstDay <= day && day <= (lastDay ?? confirmedTo));
        if (spell === undefined) continue;
        const hours = job.hours.findLast(({ from }) => from <= day)?.hours ?? 0;
        sum.hours += hours;
        if (spell.permanentFrom !== null && spell.permanentFrom <= day) sum.permanent += hours;
        if (job.arrangement === 'uitzend' || job.arrangement.startsWith('detachering')) sum.inleen += hours;
        else if (job.sector !== 'markt') sum.overheid += hours;
      }
    }
  }
  return sum;
}

/** Proefplaatsingen that ended in those years: employed within two months of the end, later, never; and a year after the hiring. */
export function proefplaatsingen(lives: readonly Life[], from: number, to: number): { ended: number; within: number; later: number; yearOn: number } {
  const sum = { ended: 0, within: 0, later: 0, yearOn: 0 };
  for (const life of lives) {
    const first = life.jobs.map(firstDayOf).filter((day) => day < FOR_EVER);
    for (const job of life.jobs) {
      const end = job.proefplaatsingEnd;
      if (end === null || end < from || end > to) continue;
      sum.ended += 1;
      const hired = first.filter((day) => day > end).sort((a, b) => a - b)[0];
      if (hired === undefined) continue;
      if (hired <= end + 61) {
        sum.within += 1;
        if (works(life, hired + 365)) sum.yearOn += 1;
      } else sum.later += 1;
    }
  }
  return { ended: sum.ended, within: sum.within / sum.ended, later: sum.later / sum.ended, yearOn: sum.yearOn / sum.within };
}
