import { addDays, lastDayOfMonths } from './days';
import type { Day, JobcoachAssigned, ProefplaatsingEnded, ProefplaatsingStarted } from './facts';
import type { Gathered } from './gather';
import { intervals, type Interval, type IntervalStart } from './intervals';
import { park, type Verdicts } from './live-fact';
import { PROEFPLAATSING, rowOn } from './policies';
import type { Interruption, Phase, Spell, SupportPeriod } from './timeline-types';

export type Proefplaatsing = Interval<ProefplaatsingStarted, ProefplaatsingEnded>;

/** Proefplaatsingen, none longer than its authority allows in all on the day it began (DOMAIN 1.2). */
export function proefplaatsingen(
  facts: Gathered['proefplaatsingen'],
  verdicts: Verdicts,
  knownAt?: string,
): readonly Proefplaatsing[] {
  const allowed = facts.starts.filter((start) => {
    const tooLong = (start.plannedEnd ?? start.day) > lastAllowedDay(start, 0, knownAt);
    if (tooLong) park(verdicts, start, 'proefplaatsingTooLong');
    return !tooLong;
  });
  return intervals({ starts: allowed, ends: facts.ends, extensions: facts.extensions }, verdicts, {
    forbids: ({ start }, extension, daysBetween) =>
      extension.plannedEnd > lastAllowedDay(start, daysBetween, knownAt) ? 'proefplaatsingTooLong' : null,
  });
}

/** `daysBetween` its parts do not count: sickness may have interrupted it. */
function lastAllowedDay(
  start: IntervalStart<ProefplaatsingStarted>,
  daysBetween: number,
  knownAt: string | undefined,
): Day {
  const months = rowOn(PROEFPLAATSING[start.detail.authority], start.day, knownAt)?.totalMonths ?? 0;
  const last = lastDayOfMonths(start.day, months);
  return daysBetween === 0 ? last : addDays(last, daysBetween);
}

/** Phases by first day; those that begin together in the order in which they come in a placement. */
export function phases(
  gathered: Gathered,
  trials: readonly Proefplaatsing[],
  spells: readonly Spell[],
  verdicts: Verdicts,
): readonly Phase[] {
  const found: Phase[] = [];
  for (const stage of intervals(gathered.stages, verdicts)) found.push(phase('stage', stage));
  for (const place of intervals(gathered.werkervaringsplekken, verdicts)) found.push(phase('werkervaringsplek', place));
  for (const trial of trials) {
    const { end } = trial;
    found.push(
      end === null
        ? phase('proefplaatsing', trial)
        : { ...phase('proefplaatsing', trial), converted: end.detail.converted },
    );
  }
  for (const { firstDay, end, plannedEnd } of spells) {
    found.push({ kind: 'employment', firstDay, lastDay: end.lastDay, plannedEnd });
  }
  return found.sort((a, b) => (a.firstDay === b.firstDay ? 0 : a.firstDay < b.firstDay ? -1 : 1));
}

function phase<Start, End>(kind: Phase['kind'], interval: Interval<Start, End>): Phase {
  return { kind, firstDay: interval.start.day, lastDay: interval.lastDay, plannedEnd: interval.plannedEnd };
}

export function interruptions(facts: Gathered['interruptions'], verdicts: Verdicts): readonly Interruption[] {
  return intervals(facts, verdicts).map(({ start, lastDay }) => ({
    kind: start.detail.kind,
    firstDay: start.day,
    lastDay,
  }));
}

/**
 * Jobcoach and buddy. A jobcoach is granted half a year at a time (DOMAIN 2.3): a next grant prolongs the period, or
 * takes over from it where level or provider differ. A grant that lapsed has ended its period like a planned end.
 */
export function support(gathered: Gathered, verdicts: Verdicts): readonly SupportPeriod[] {
  const found: SupportPeriod[] = [];
  for (const period of intervals(gathered.externalJobcoach, verdicts, GRANTS)) {
    found.push(jobcoach('jobcoachExternal', period));
  }
  for (const period of intervals(gathered.internalJobcoach, verdicts, GRANTS)) {
    found.push(jobcoach('jobcoachInternal', period));
  }
  for (const { start, lastDay } of intervals(gathered.buddy, verdicts)) {
    found.push({ kind: 'buddy', firstDay: start.day, lastDay, grantsUntil: [] });
  }
  return found.sort((a, b) => (a.firstDay === b.firstDay ? 0 : a.firstDay < b.firstDay ? -1 : 1));
}

const GRANTS = { meetsNextDay: true, whileRunning: nextGrant } as const;

function nextGrant(
  running: Interval<JobcoachAssigned, null>,
  next: IntervalStart<JobcoachAssigned>,
): 'prolongs' | 'takesOver' | 'alreadyRunning' {
  const { level, providerId } = running.start.detail;
  if (next.detail.level !== level || next.detail.providerId !== providerId) return 'takesOver';
  return next.plannedEnd === null ? 'alreadyRunning' : 'prolongs';
}

function jobcoach(kind: SupportPeriod['kind'], period: Interval<JobcoachAssigned, null>): SupportPeriod {
  const { level, providerId } = period.start.detail;
  const grantsUntil: Day[] = [];
  for (const { plannedEnd } of [period.start, ...period.renewals]) {
    if (plannedEnd !== null && !grantsUntil.includes(plannedEnd)) grantsUntil.push(plannedEnd);
  }
  return {
    kind,
    firstDay: period.start.day,
    lastDay: period.lastDay,
    level,
    ...(providerId === undefined ? {} : { providerId }),
    grantsUntil: grantsUntil.sort(),
  };
}
