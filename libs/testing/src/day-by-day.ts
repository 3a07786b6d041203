import type { Spell, Timeline } from '@bestendig/placement-domain';
import {
  byStart,
  dayAfter,
  dayBefore,
  diesWith,
  employer,
  implies,
  isDead,
  isReadable,
  lastEnded,
  saysOf,
  statusAfter,
  works,
  type Job,
  type Says,
  type Status,
} from './day-by-day-says';

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
  readonly state: 'inWork' | Status;
};

type Told = { readonly placementId: string; readonly timeline: Timeline };
type Person = { readonly today: string; readonly jobs: readonly Job[] };

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

function carryOn(says: Says, job: Job, today: string): void {
  says.job.settled = true;
  job.subject = says.job.subject;
  if (says.hires && implies(says.job, says.from))
    says.job.stoppedFrom = says.from < today ? says.from : dayAfter(says.lastDay);
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
