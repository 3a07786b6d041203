import { addDays, dayNumber } from './days';
import type { Day } from './facts';
import { park, type Live, type Verdicts } from './live-fact';
import type { ParkedReason } from './timeline-types';

/**
 * One rule for all that starts and ends in a placement (stage, proefplaatsing, leave, jobcoach ...): a start opens an
 * interval, unless one still runs; an end belongs to the latest start on or before it, and of several ends the
 * lowest rank stands. So the window of an interval reaches until the next start that stands.
 */
export type IntervalStart<Detail> = Live & { readonly plannedEnd: Day | null; readonly detail: Detail };
export type IntervalExtension = Live & { readonly plannedEnd: Day };
/** `day` is the last day. */
export type IntervalEnd<Detail> = Live & { readonly detail: Detail };

export type Interval<Start, End> = {
  readonly start: IntervalStart<Start>;
  /** The recorded end, and its last day; or the day before a start that took over. */
  end: IntervalEnd<End> | null;
  lastDay: Day | null;
  /** As extended. */
  plannedEnd: Day | null;
  /** Starts that prolonged this interval (grants). */
  readonly renewals: IntervalStart<Start>[];
  /** Days between a planned end and the extension that followed it. */
  daysBetween: number;
};

/** All by day and rank. */
export type IntervalFacts<Start, End> = {
  readonly starts: readonly IntervalStart<Start>[];
  readonly ends: readonly IntervalEnd<End>[];
  readonly extensions?: readonly IntervalExtension[];
};
export type IntervalRules<Start, End> = {
  /** True where a start on the day after the planned end still meets the interval (a grant that follows a grant). */
  readonly meetsNextDay?: boolean;
  /** What a start does that falls in a running interval: prolong it, take over from it, or nothing (parked). */
  readonly whileRunning?: (
    running: Interval<Start, End>,
    next: IntervalStart<Start>,
  ) => 'prolongs' | 'takesOver' | 'alreadyRunning';
  /** Why an extension is not allowed, or null. */
  readonly forbids?: (
    running: Interval<Start, End>,
    extension: IntervalExtension,
    /** Days in all that lie between a planned end and the extension after it. */
    daysBetween: number,
  ) => ParkedReason | null;
};

/** A walk along the days: what runs, and which ends and extensions have been given to it. */
type Walk<Start, End> = {
  readonly facts: IntervalFacts<Start, End>;
  readonly rules: IntervalRules<Start, End>;
  readonly verdicts: Verdicts;
  readonly built: Interval<Start, End>[];
  running: Interval<Start, End> | null;
  /** Ends from `firstEnd` until before `nextEnd` lie in the running interval's window. */
  firstEnd: number;
  nextEnd: number;
  nextExtension: number;
  lastExtension: IntervalExtension | null;
};

/** The intervals that `facts` make, by first day; parks what takes part in none. */
export function intervals<Start, End>(
  facts: IntervalFacts<Start, End>,
  verdicts: Verdicts,
  rules: IntervalRules<Start, End> = {},
): readonly Interval<Start, End>[] {
  // Most placements have few of these.
  if (facts.starts.length === 0 && facts.ends.length === 0 && (facts.extensions ?? NO_EXTENSIONS).length === 0)
    return [];
  const walk: Walk<Start, End> = { facts, rules, verdicts, built: [], running: null, firstEnd: 0, nextEnd: 0, nextExtension: 0, lastExtension: null }; // prettier-ignore
  for (const next of facts.starts) {
    reachTo(walk, next.day);
    const { running } = walk;
    if (running === null || isOver(running, next.day, rules.meetsNextDay ?? false)) open(walk, next);
    else meet(walk, running, next);
  }
  reachTo(walk, null);
  close(walk);
  return walk.built;
}

function isOver<Start, End>(running: Interval<Start, End>, day: Day, meetsNextDay: boolean): boolean {
  if (running.end !== null) return true;
  if (running.plannedEnd === null || running.plannedEnd >= day) return false;
  return !meetsNextDay || dayNumber(day) - dayNumber(running.plannedEnd) > 1;
}

/** A start on a day on which an interval runs. */
function meet<Start, End>(walk: Walk<Start, End>, running: Interval<Start, End>, next: IntervalStart<Start>): void {
  const last = running.renewals.at(-1) ?? running.start;
  if (last.day === next.day) {
    park(walk.verdicts, next, 'otherFactStands', last);
    return;
  }
  switch (walk.rules.whileRunning?.(running, next) ?? 'alreadyRunning') {
    case 'alreadyRunning':
      park(walk.verdicts, next, 'alreadyRunning', last);
      return;
    case 'prolongs':
      running.renewals.push(next);
      running.plannedEnd = next.plannedEnd;
      return;
    case 'takesOver':
      running.lastDay = addDays(next.day, -1);
      open(walk, next);
      return;
  }
}

function open<Start, End>(walk: Walk<Start, End>, start: IntervalStart<Start>): void {
  close(walk);
  walk.running = { start, end: null, lastDay: null, plannedEnd: start.plannedEnd, renewals: [], daysBetween: 0 };
  walk.built.push(walk.running);
  walk.lastExtension = null;
}

/** Of the ends in a window one stands. */
function close<Start, End>(walk: Walk<Start, End>): void {
  const stands = walk.running?.end ?? null;
  for (let i = walk.firstEnd; i < walk.nextEnd; i++) {
    const end = walk.facts.ends[i];
    if (end !== undefined && stands !== null && end !== stands) park(walk.verdicts, end, 'otherFactStands', stands);
  }
  walk.firstEnd = walk.nextEnd;
}

/** Gives the running interval the ends and extensions before `day` (all that are left, if null). */
function reachTo<Start, End>(walk: Walk<Start, End>, day: Day | null): void {
  const { facts, running } = walk;
  for (let end = facts.ends[walk.nextEnd]; end !== undefined; end = facts.ends[walk.nextEnd]) {
    if (day !== null && end.day >= day) break;
    walk.nextEnd++;
    if (running === null) park(walk.verdicts, end, 'notStarted');
    else if (running.end === null || end.order < running.end.order) {
      running.end = end;
      running.lastDay = end.day;
    }
  }
  const extensions = facts.extensions ?? NO_EXTENSIONS;
  for (let next = extensions[walk.nextExtension]; next !== undefined; next = extensions[walk.nextExtension]) {
    if (day !== null && next.day >= day) break;
    walk.nextExtension++;
    extend(walk, next);
  }
}

const NO_EXTENSIONS: readonly IntervalExtension[] = [];

function extend<Start, End>(walk: Walk<Start, End>, extension: IntervalExtension): void {
  const { running, lastExtension, verdicts } = walk;
  if (running === null || (running.lastDay !== null && running.lastDay < extension.day)) {
    park(verdicts, extension, 'notStarted');
    return;
  }
  if (lastExtension !== null && lastExtension.day === extension.day) {
    park(verdicts, extension, 'otherFactStands', lastExtension);
    return;
  }
  const { plannedEnd } = running;
  const between = plannedEnd === null ? 0 : Math.max(0, dayNumber(extension.day) - dayNumber(plannedEnd) - 1);
  const reason = walk.rules.forbids?.(running, extension, running.daysBetween + between) ?? null;
  if (reason !== null) {
    park(verdicts, extension, reason);
    return;
  }
  running.daysBetween += between;
  running.plannedEnd = extension.plannedEnd;
  walk.lastExtension = extension;
}
