import type { Spell, Timeline } from '@bestendig/placement-domain';

/** How a subject stands that is not in work. */
export type Status = 'unconfirmed' | 'uitval' | 'doorstroom' | 'otherKnown' | 'otherUnknown';
/** One placement, as far as it has come. */
export type Job = {
  readonly id: string;
  readonly timeline: Timeline;
  readonly spells: readonly Spell[];
  readonly firstDay: string;
  subject: Subject | null;
  /** Settled what continues it. */
  settled: boolean;
  /** Lost to another that continues the same. */
  loser: boolean;
  /** The hiring by the inlener has stopped it, from this day on. */
  stoppedFrom: string | null;
};
export type Subject = { readonly first: Job; status: Status; over: boolean };

/** Everything by which an older placement says that it goes on elsewhere. */
export type Says = {
  readonly job: Job;
  readonly lastDay: string;
  readonly name: string | null;
  readonly employer: string;
  readonly from: string;
  readonly hires: boolean;
};

export function saysOf(job: Job, jobs: readonly Job[]): Says[] {
  const all: Says[] = [];
  for (const spell of job.spells) {
    const { lastDay, continued, hiredByInlener: hired } = spell.end;
    if (diesWith(spell)) continue;
    if (lastDay !== null && (continued !== null || ['90', '91', '92'].includes(onlyCode(spell) ?? ''))) {
      all.push({
        job,
        lastDay,
        name: continued?.successorPlacementId ?? null,
        employer: employer(job, lastDay),
        from: dayAfter(lastDay),
        hires: false,
      });
    }
    if (hired === null) continue;
    const staysHere = job.spells.some(({ contracts }) => contracts.some(({ firstDay }) => firstDay >= hired.from));
    const name = hired.successorPlacementId;
    if (lastDay !== null && lastDay < hired.from && !(staysHere && name === null)) {
      all.push({ job, lastDay, name, employer: hired.employerId, from: hired.from, hires: true });
    }
    if (lastDay === null && !staysHere) {
      const day = dayBefore(hired.from);
      const until = spell.plannedEnd !== null && spell.plannedEnd < day ? spell.plannedEnd : day;
      all.push({ job, lastDay: until, name, employer: hired.employerId, from: hired.from, hires: true });
    }
  }
  // A name that cannot be: it began on or before the last day. Who names the same placement names nobody either.
  return all.map((says) => {
    const named = jobs.find(({ id }) => id === says.name);
    const invalid = named !== undefined && (named.firstDay <= says.lastDay || named === job);
    return invalid ? { ...says, name: null } : says;
  });
}

/** Whether the end may be read as continued, where the next placement allows it. */
export function isReadable(spell: Spell, until: string, job: Job): boolean {
  const { lastDay, endCode, otherwise, continued, explicit, hiredByInlener: hired } = spell.end;
  const hiredAway = hired !== null && hired.from > until;
  if (lastDay === null) {
    return !hiredAway || job.spells.some(({ contracts }) => contracts.some(({ firstDay }) => firstDay >= hired.from));
  }
  return (
    !hiredAway &&
    otherwise === null &&
    continued === null &&
    explicit === null &&
    (endCode === null || endCode === '30')
  );
}

/** No last day is recorded of what the hiring ended, and no contract of this placement is from that day or later. */
export function implies(job: Job, from: string): boolean {
  if (job.spells.some(({ contracts }) => contracts.some(({ firstDay }) => firstDay >= from))) return false;
  return job.spells.some(({ end }) => end.hiredByInlener?.from === from && end.lastDay === null);
}

/** How the subject stands after the work that ended on that day. */
export function statusAfter(job: Job, lastDay: string): Status {
  const spell = job.spells.findLast(({ firstDay }) => firstDay <= lastDay);
  if (spell === undefined || spell.end.lastDay === null) return 'unconfirmed';
  const { otherwise, continued, explicit, endCode, hiredByInlener: hired } = spell.end;
  if (diesWith(spell)) return 'otherKnown';
  if (continued !== null || (hired !== null && hired.from > lastDay)) return 'unconfirmed';
  if (explicit !== null) return explicit.kind;
  if (otherwise === 'agreedOutflow') return 'otherKnown';
  return byCode(endCode ?? '');
}

/** The table of MEASURES 3, as it stands there. */
function byCode(code: string): Status {
  if (['01', '03', '04', '05', '06', '21', '40', '50'].includes(code)) return 'uitval';
  if (['31', '51', '32', '33', '34'].includes(code)) return 'otherKnown';
  return ['90', '91', '92'].includes(code) ? 'unconfirmed' : 'otherUnknown';
}

/** Pension or death: recorded as such, or by a code of either, whatever else is said. */
export function diesWith({ end: { lastDay, otherwise, endCode } }: Spell): boolean {
  if (lastDay === null) return false;
  return otherwise === 'pension' || otherwise === 'death' || ['32', '33'].includes(endCode ?? '');
}

export function isDead(job: Job, today: string): boolean {
  return job.spells.some((spell) => diesWith(spell) && (spell.end.lastDay ?? today) < today);
}

/** The end code, where nothing that counts before it is said. */
function onlyCode({ end }: Spell): string | null {
  const hiredAfter = end.hiredByInlener !== null && end.lastDay !== null && end.hiredByInlener.from > end.lastDay;
  return end.otherwise === null && end.continued === null && end.explicit === null && !hiredAfter ? end.endCode : null;
}

export function works(job: Job, day: string): boolean {
  if (job.stoppedFrom !== null && day >= job.stoppedFrom) return false;
  return job.spells.some((spell) => {
    const until = spell.end.lastDay ?? spell.plannedEnd;
    return spell.firstDay <= day && (until === null || day <= until);
  });
}

/** The formal employer of a day. */
export function employer(job: Job, day: string): string {
  const values = job.timeline.employer;
  return (values.findLast(({ from }) => from <= day) ?? values[0])?.value ?? '';
}

export function lastEnded(one: Says, other: Says): number {
  if (one.lastDay !== other.lastDay) return one.lastDay > other.lastDay ? -1 : 1;
  return byStart(one.job, other.job);
}

export function byStart(one: Job, other: Job): number {
  if (one.firstDay !== other.firstDay) return one.firstDay < other.firstDay ? -1 : 1;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

export function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}
