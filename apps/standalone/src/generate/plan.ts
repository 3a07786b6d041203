import { HOURS, HOURS_OF_SECOND_JOB, NEW_TO_WORK, REHIRED_BY_SAME_EMPLOYER, REPORTED_BEFORE, SECOND_JOB } from './assumptions';
import { courseOf, type Course } from './contracts';
import type { Employers } from './employers';
import { endingOf, gapAfter, type Ending } from './endings';
import { JOBS_MAX, type Origin, type Person, type Post, type Start } from './persons';
import { pick, type Random } from './random';
import { SOURCES, type Source } from './sources';
import { trialsFrom, type Trial, type Trials } from './trials';

/** What happened in one placement, whatever anyone reported of it. */
export type Plan = {
  readonly start: Start;
  readonly person: Person;
  readonly source: Source;
  readonly post: Post;
  readonly trials: readonly Trial[];
  readonly course: Course | null;
  /** How each spell of the course ended. */
  readonly endings: readonly (Ending | null)[];
  /** The placement that goes on from this one (renewed, taken over, hired by the inlener). */
  readonly successor: Start | null;
  /** Every later placement that follows from this one, the successor among them. */
  readonly following: readonly Start[];
};

/** Literals are written out here and below: object spread took most of the time of a plan. */
export function planOf(random: Random, start: Start, person: Person, employers: Employers): Plan {
  const source = sourceOf(start);
  const post = start.from?.post ?? newPost(random, start, person, source, employers);
  const { trials, employedFrom, laterElsewhere } = trialsOf(random, start, source);
  if (employedFrom === null) {
    const last = trials[trials.length - 1]?.lastDay ?? start.day;
    const next = laterElsewhere ? nextStart(start, last + random.between(63, 420), 'next') : null;
    return { start, person, source, post, trials, course: null, endings: [], successor: null, following: next === null ? [] : [next] };
  }
  const flex = post.inleners.length > 0;
  const mayContinue = !start.second && start.job < JOBS_MAX;
  const course = courseOf(random, {
    firstDay: employedFrom,
    contractsBefore: start.from?.contractsBefore ?? 0,
    chainFrom: start.from?.chainFrom ?? employedFrom,
    permanent: start.from?.permanent ?? false,
    flex,
    frailty: person.frailty * (start.origin === 'newcomer' || start.origin === 'next' ? NEW_TO_WORK : 1),
    mayRenew: mayContinue,
    existing: start.origin === 'existing' ? existingContract(random, start.day, employedFrom) : null,
  });
  const afterProefplaatsing = trials.some((trial) => trial.kind === 'proefplaatsing');
  const uitzend = post.arrangement === 'uitzend';
  const endings = course.spells.map(({ stop }, index) => {
    if (stop === null) return null;
    const last = index === course.spells.length - 1;
    return endingOf(random, stop, { flex, uitzend, mayContinue: mayContinue && last, firstDay: employedFrom, afterProefplaatsing });
  });
  const { successor, next } = whatFollows(random, start, post, course, endings[endings.length - 1] ?? null, employers);
  const second = secondJob(random, start, employedFrom, endings[0]?.lastDay ?? REPORTED_BEFORE);
  const following = [successor, next, second].filter((item) => item !== null);
  return { start, person, source, post, trials, course, endings, successor, following };
}

function sourceOf(start: Start): Source {
  const source = SOURCES[start.source];
  if (source === undefined) throw new RangeError(`No source ${start.source}`);
  return source;
}

function newPost(random: Random, start: Start, person: Person, source: Source, employers: Employers): Post {
  const overheid = random.chance(source.overheidShare);
  const region = person.region;
  const works = overheid ? employers.overheid(random) : employers.markt(random, region);
  const drawn = pick(random, source.arrangements);
  const arrangement = start.second && drawn === 'beschut' ? 'ownEmployment' : drawn;
  const hours = pick(random, start.second ? HOURS_OF_SECOND_JOB : HOURS);
  if (arrangement !== 'uitzend' && !arrangement.startsWith('detachering')) {
    return { employer: works, sector: employers.sectorOf(works), arrangement, inleners: [], hours };
  }
  const shared = arrangement === 'detacheringGroup' && random.chance(0.3);
  const other = overheid ? employers.overheid(random) : employers.markt(random, region);
  const inleners =
    shared && other !== works ? [{ employer: works, share: 0.6 }, { employer: other, share: 0.4 }] : [{ employer: works, share: 1 }]; // prettier-ignore
  const employer = employers.agency(random);
  return { employer, sector: employers.sectorOf(employer), arrangement, inleners, hours };
}

function trialsOf(random: Random, start: Start, source: Source): Trials {
  switch (start.origin) {
    case 'newcomer':
    case 'next':
      return start.second ? { trials: [], employedFrom: start.day, laterElsewhere: false } : trialsFrom(random, source, start.day);
    case 'existing':
      return { trials: [], employedFrom: longAgo(random, start.day), laterElsewhere: false };
    case 'onward':
    case 'rehired':
    case 'renewed':
    case 'takenOver':
    case 'administrative':
    case 'hired':
      return { trials: [], employedFrom: start.day, laterElsewhere: false };
  }
}

/** Two in ten existing workers came in the last year, the others up to twenty-five years ago. */
function longAgo(random: Random, firstDelivery: number): number {
  if (random.chance(0.22)) return firstDelivery - random.between(20, 360);
  const x = random.next();
  return firstDelivery - 365 - Math.floor(x * x * 24 * 365);
}

function existingContract(random: Random, firstDelivery: number, firstDay: number): { until: number; months: number } {
  const recent = firstDay > firstDelivery - 180 && random.chance(0.4) ? 6 : 12;
  return { until: firstDelivery, months: firstDelivery - firstDay < 365 && random.chance(0.85) ? recent : 0 };
}

type Follows = { readonly successor: Start | null; readonly next: Start | null };
const NOTHING: Follows = { successor: null, next: null };

function whatFollows(random: Random, start: Start, post: Post, course: Course, ending: Ending | null, employers: Employers): Follows {
  if (ending === null || start.second || start.job >= JOBS_MAX) return NOTHING;
  const gap = gapAfter(random, ending);
  if (gap === null) return NOTHING;
  const day = ending.lastDay + 1 + gap;
  const permanent = course.spells[course.spells.length - 1]?.stop?.permanent ?? false;
  const { outcome } = ending;
  if (outcome.kind === 'continued') {
    // A takeover brings another employer: the one with the next number.
    const kept = outcome.as === 'takenOver' ? atEmployer(post, post.employer + 1, employers) : post;
    const from = { post: kept, contractsBefore: course.contractsInChain, chainFrom: course.chainFrom, permanent };
    return { successor: startOf(start, day, outcome.as, from), next: null };
  }
  if (outcome.kind === 'hired') {
    const own = atEmployer(post, post.inleners[0]?.employer ?? post.employer, employers);
    const from = { post: own, contractsBefore: Math.min(2, course.contractsInChain), chainFrom: course.chainFrom, permanent };
    return { successor: startOf(start, day, 'hired', from), next: null };
  }
  const staysWithEmployer = outcome.kind === 'doorstroom' && outcome.to === 'sameEmployer';
  if (staysWithEmployer || (gap > 0 && random.chance(REHIRED_BY_SAME_EMPLOYER))) {
    const from = { post, contractsBefore: 0, chainFrom: day, permanent: false };
    return { successor: null, next: startOf(start, day, 'rehired', from) };
  }
  return { successor: null, next: nextStart(start, day, gap <= 30 ? 'onward' : 'next') };
}

/** The same work at another employer; a former inlener employs directly. */
function atEmployer(post: Post, employer: number, employers: Employers): Post {
  const direct = post.inleners.some((inlener) => inlener.employer === employer);
  return {
    employer,
    sector: employers.sectorOf(employer),
    arrangement: direct ? 'ownEmployment' : post.arrangement,
    inleners: direct ? [] : post.inleners,
    hours: post.hours,
  };
}

const nextStart = (start: Start, day: number, origin: Origin): Start | null =>
  start.second || start.job >= JOBS_MAX ? null : startOf(start, day, origin, null);

const startOf = (start: Start, day: number, origin: Origin, from: Start['from']): Start => ({
  day, origin, person: start.person, job: start.job + 1, second: false, source: start.source, from,
}); // prettier-ignore

function secondJob(random: Random, start: Start, from: number, until: number): Start | null {
  if (start.second || !random.chance(SECOND_JOB)) return null;
  const day = from + random.between(10, 500);
  if (day > until || day < start.day) return null;
  return { day, origin: 'next', person: start.person, job: start.job, second: true, source: start.source, from: null };
}
