import type { Spell, Timeline } from '@bestendig/placement-domain';

/**
 * A second, independent reading of MEASURES 1, 2, 3 and 8, to test the first one against. It shares nothing with
 * chains() but the timeline: it lives through the calendar one day at a time, lets placements begin, claim each other
 * and stop, and forgets everything dated after the observation end. Slow and simple on purpose.
 */
export type SubjectOnDay = {
  /** The placement that the subject began with. */
  readonly first: string;
  readonly day0: string;
  /** Days after day 0 from which it is observed. */
  readonly entry: number;
  readonly state: 'inWork' | 'unconfirmed' | 'uitval' | 'doorstroom' | 'otherKnown' | 'otherUnknown';
};

type Status = Exclude<SubjectOnDay['state'], 'inWork'>;
type Told = { readonly placementId: string; readonly timeline: Timeline };
type Person = { readonly today: string; readonly jobs: readonly Job[] };
/** One placement, as far as it has come. */
type Job = {
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
type Subject = { readonly first: Job; status: Status; over: boolean };

/**
 * Every subject of one person that has begun by `day`, and where it stands on that day, in an answer that is observed
 * through `observedThrough` (the same day, when left out; never before `day`).
 */
export function stateOnDay(
  placements: readonly Told[],
  day: string,
  observedThrough: string = day,
): readonly SubjectOnDay[] {
  const jobs = placements.flatMap((told) => jobOf(told, observedThrough));
  const firstDays = jobs.map((job) => job.firstDay).sort();
  for (let today = firstDays[0] ?? day; today <= day; today = dayAfter(today)) live({ today, jobs });
  const subjects = [
    ...new Set(jobs.flatMap((job) => (job.firstDay <= day && job.subject !== null ? [job.subject] : []))),
  ];
  return subjects.map((subject) => ({
    first: subject.first.id,
    day0: subject.first.firstDay,
    entry: entryOf(subject.first),
    state: !subject.over && jobs.some((job) => job.subject === subject && works(job, day)) ? 'inWork' : subject.status,
  }));
}

function jobOf({ placementId, timeline }: Told, observedThrough: string): Job[] {
  const spells: Spell[] = [];
  for (const spell of timeline.spells) {
    if (spell.firstDay > observedThrough) break;
    const later = (spell.end.hiredByInlener?.from ?? '') > observedThrough;
    spells.push(later ? { ...spell, end: { ...spell.end, hiredByInlener: null } } : spell);
    if (diesWith(spell)) break;
  }
  const first = spells[0];
  if (timeline.registration === null || first === undefined) return [];
  return [
    {
      id: placementId,
      timeline,
      spells,
      firstDay: first.firstDay,
      subject: null,
      settled: false,
      loser: false,
      stoppedFrom: null,
    },
  ];
}

function entryOf({ timeline, firstDay }: Job): number {
  const registration = timeline.registration;
  if (registration === null || registration.kind === 'newJob') return 0;
  const days = (Date.parse(registration.effectiveDate) - Date.parse(firstDay)) / 86_400_000;
  return days > 0 ? days : 0;
}

function live(person: Person): void {
  const { today, jobs } = person;
  const starting = jobs.filter((job) => job.firstDay === today).sort((one, other) => (one.id < other.id ? -1 : 1));
  const older = jobs.filter((job) => job.firstDay < today);
  for (const job of starting) beNamed(job, older, today, jobs);
  beTaken(starting, older, person);
  beRead(starting, older, today);
  for (const job of starting) job.subject ??= { first: job, status: 'otherUnknown', over: false };
  for (const says of older.flatMap((job) => saysOf(job, jobs))) {
    if (says.hires && says.name !== null && says.from === today && implies(says.job, today))
      says.job.stoppedFrom = today;
  }
  stop(jobs, today);
}

/** Everything by which an older placement says that it goes on elsewhere. */
type Says = {
  readonly job: Job;
  readonly lastDay: string;
  readonly name: string | null;
  readonly employer: string;
  readonly from: string;
  readonly hires: boolean;
};

function saysOf(job: Job, jobs: readonly Job[]): Says[] {
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
  // A name that cannot be: it began on or before the last day. A hiring into the same placement names nobody either.
  return all.map((says) => {
    const named = jobs.find(({ id }) => id === says.name);
    const invalid = named !== undefined && (named.firstDay <= says.lastDay || (named === job && says.hires));
    return invalid ? { ...says, name: null } : says;
  });
}

function beNamed(job: Job, older: readonly Job[], today: string, jobs: readonly Job[]): void {
  const claims = older
    .flatMap((other) => saysOf(other, jobs))
    .filter((says) => says.name === job.id && !isDead(says.job, today));
  const taker = claims.filter(({ job: other }) => !other.settled).sort(lastEnded)[0];
  if (claims.length > 0 && taker === undefined) job.loser = true;
  for (const { job: other } of claims) other.settled = true;
  if (taker !== undefined) carryOn(taker, job, today);
}

function beTaken(starting: readonly Job[], older: readonly Job[], { today, jobs }: Person): void {
  const claims = older
    .flatMap((other) => saysOf(other, jobs))
    .filter(({ name, from }) => name === null && from === today);
  for (const says of claims.sort(lastEnded)) {
    const free = starting.filter((job) => job.subject === null && !job.loser && employer(job, today) === says.employer);
    free.forEach((job, place) => {
      if (place === 0 && !says.job.settled) carryOn(says, job, today);
      else job.loser = true;
    });
    if (free.length > 0) says.job.settled = true;
  }
}

function beRead(starting: readonly Job[], older: readonly Job[], today: string): void {
  for (const other of [...older].sort(byStart)) {
    const spell = other.spells.at(-1);
    const until = spell?.end.lastDay ?? spell?.plannedEnd ?? null;
    if (
      spell === undefined ||
      until === null ||
      dayAfter(until) !== today ||
      other.settled ||
      other.stoppedFrom !== null
    )
      continue;
    if (!isReadable(spell, until, other)) continue;
    const free = starting.filter(
      (job) => job.subject === null && !job.loser && employer(job, today) === employer(other, until),
    );
    free.forEach((job, place) => {
      if (place === 0) {
        job.subject = other.subject;
        other.settled = true;
      } else job.loser = true;
    });
  }
}

function isReadable(spell: Spell, until: string, job: Job): boolean {
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

function carryOn(says: Says, job: Job, today: string): void {
  says.job.settled = true;
  job.subject = says.job.subject;
  if (says.hires && implies(says.job, says.from))
    says.job.stoppedFrom = says.from < today ? says.from : dayAfter(says.lastDay);
}

/** No last day is recorded of what the hiring ended, and no contract of this placement is from that day or later. */
function implies(job: Job, from: string): boolean {
  if (job.spells.some(({ contracts }) => contracts.some(({ firstDay }) => firstDay >= from))) return false;
  return job.spells.some(({ end }) => end.hiredByInlener?.from === from && end.lastDay === null);
}

/** Work that stops today says how its subject stands from now on. */
function stop(jobs: readonly Job[], today: string): void {
  const yesterday = dayBefore(today);
  for (const subject of new Set(jobs.map((job) => job.subject))) {
    if (subject === null || subject.over) continue;
    const stopping = jobs
      .filter((job) => job.subject === subject && works(job, yesterday) && !works(job, today))
      .sort(byStart);
    const says = stopping.map((job) => statusAfter(job, yesterday));
    const status = says.find((one) => one === 'unconfirmed') ?? says[0];
    if (status !== undefined) subject.status = status;
    if (stopping.some((job) => job.spells.some((spell) => spell.end.lastDay === yesterday && diesWith(spell)))) {
      subject.over = true;
      subject.status = 'otherKnown';
    }
  }
}

function statusAfter(job: Job, lastDay: string): Status {
  const spell = job.spells.findLast(({ firstDay }) => firstDay <= lastDay);
  if (spell === undefined || spell.end.lastDay === null) return 'unconfirmed';
  const { otherwise, continued, explicit, endCode, hiredByInlener: hired } = spell.end;
  if (otherwise === 'pension' || otherwise === 'death') return 'otherKnown';
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

/** Pension or death: recorded as such, or by the code that decides. */
function diesWith(spell: Spell): boolean {
  const { lastDay, otherwise } = spell.end;
  if (lastDay === null) return false;
  return otherwise === 'pension' || otherwise === 'death' || ['32', '33'].includes(onlyCode(spell) ?? '');
}

function isDead(job: Job, today: string): boolean {
  return job.spells.some((spell) => diesWith(spell) && (spell.end.lastDay ?? today) < today);
}

/** The end code, where nothing that counts before it is said. */
function onlyCode({ end }: Spell): string | null {
  const hiredAfter = end.hiredByInlener !== null && end.lastDay !== null && end.hiredByInlener.from > end.lastDay;
  return end.otherwise === null && end.continued === null && end.explicit === null && !hiredAfter ? end.endCode : null;
}

function works(job: Job, day: string): boolean {
  if (job.stoppedFrom !== null && day >= job.stoppedFrom) return false;
  return job.spells.some((spell) => {
    const until = spell.end.lastDay ?? spell.plannedEnd;
    return spell.firstDay <= day && (until === null || day <= until);
  });
}

function employer(job: Job, day: string): string {
  const values = job.timeline.employer;
  return (values.findLast(({ from }) => from <= day) ?? values[0])?.value ?? '';
}

function lastEnded(one: Says, other: Says): number {
  if (one.lastDay !== other.lastDay) return one.lastDay > other.lastDay ? -1 : 1;
  return byStart(one.job, other.job);
}

function byStart(one: Job, other: Job): number {
  if (one.firstDay !== other.firstDay) return one.firstDay < other.firstDay ? -1 : 1;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}
