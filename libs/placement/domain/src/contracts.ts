import { dayNumber } from './days';
import type { ContractForm, Day } from './facts';
import { endsForGood, standingEnd, type EndFact } from './ends';
import { park, type Live, type Verdicts } from './live-fact';

/** A contract signed (`form` given) or extended (`form` null: it has the form of the one it extends). */
export type ContractFact = Live & {
  /** Null: permanent. */
  readonly plannedEnd: Day | null;
  readonly form: ContractForm | null;
  readonly proeftijdDays: number;
  readonly inexactStart: boolean;
};

/**
 * The time from a contract's first day until the next contract that stands. An end whose last day falls in it is an
 * end of this contract; of several the lowest rank gives the last day.
 */
export type Segment = {
  readonly contract: ContractFact;
  readonly form: ContractForm;
  plannedEnd: Day | null;
  permanentFrom: Day | null;
  /** The fact that made it permanent. */
  permanentBy: Live | null;
  readonly ends: EndFact[];
  /** The end that gives the recorded last day. */
  end: EndFact | null;
  /** First day of the spell it belongs to. */
  readonly spellFrom: Day;
};

type Walk = {
  readonly ends: readonly EndFact[];
  readonly undated: readonly EndFact[];
  readonly madePermanent: readonly Live[];
  readonly verdicts: Verdicts;
  readonly segments: Segment[];
  readonly knownAt: string | undefined;
  running: Segment | null;
  nextEnd: number;
  nextPermanent: number;
  /** Ends before any contract that are so vague that they may yet be its end. */
  readonly early: EndFact[];
};

/**
 * Decides which contracts, and which changes to permanent, stand.
 *
 * @param contracts by day and rank
 * @param ends by last day
 * @param undated ends without a last day
 */
export function contractSegments(
  contracts: readonly ContractFact[],
  ends: readonly EndFact[],
  undated: readonly EndFact[],
  madePermanent: readonly Live[],
  verdicts: Verdicts,
  knownAt?: string,
): readonly Segment[] {
  const walk: Walk = {
    ends,
    undated,
    madePermanent,
    verdicts,
    segments: [],
    knownAt,
    running: null,
    nextEnd: 0,
    nextPermanent: 0,
    early: [],
  };
  for (const next of contracts) {
    reachTo(walk, next.day);
    follow(walk, next);
  }
  reachTo(walk, null);
  if (walk.running === null) for (const end of walk.early) park(verdicts, end, 'noContract');
  return walk.segments;
}

/** Gives the running contract the ends and changes to permanent before `day` (all that are left, if null). */
function reachTo(walk: Walk, day: Day | null): void {
  const { running } = walk;
  for (let end = walk.ends[walk.nextEnd]; end !== undefined; end = walk.ends[walk.nextEnd]) {
    if (day !== null && (end.lastDay ?? '') >= day) break;
    walk.nextEnd++;
    if (running !== null) running.ends.push(end);
    else if (end.earliest < end.latest) walk.early.push(end);
    else park(walk.verdicts, end, 'noContract');
  }
  if (running !== null) running.end = standingEnd(running.ends);
  for (
    let next = walk.madePermanent[walk.nextPermanent];
    next !== undefined;
    next = walk.madePermanent[walk.nextPermanent]
  ) {
    if (day !== null && next.day >= day) break;
    walk.nextPermanent++;
    makePermanent(running, next, walk.verdicts);
  }
}

function makePermanent(running: Segment | null, change: Live, verdicts: Verdicts): void {
  const lastDay = running?.end?.lastDay ?? null;
  if (running === null || (lastDay !== null && lastDay < change.day)) {
    park(verdicts, change, 'noContract');
  } else if (running.plannedEnd === null) {
    const by = running.permanentBy ?? running.contract;
    park(
      verdicts,
      change,
      by.day === change.day && by !== running.contract ? 'otherFactStands' : 'alreadyPermanent',
      by,
    );
  } else if (lastDay === null && daysAfter(running.plannedEnd, change.day) > 1) {
    park(verdicts, change, 'noContract');
  } else {
    running.plannedEnd = null;
    running.permanentFrom = change.day;
    running.permanentBy = change;
  }
}

function daysAfter(day: Day, later: Day): number {
  return dayNumber(later) - dayNumber(day);
}

/** The next contract by first day: it stands, or is parked and the running contract runs on. */
function follow(walk: Walk, next: ContractFact): void {
  const { running, verdicts } = walk;
  if (running === null) {
    if (next.form === null) park(verdicts, next, 'noContractToExtend');
    else open(walk, next, next.form, next.day);
    return;
  }
  if (running.contract.day === next.day) {
    park(verdicts, next, 'otherFactStands', running.contract);
    return;
  }
  const lastDay = running.end?.lastDay ?? null;
  if (lastDay === null) {
    const runsStill = running.plannedEnd === null || running.plannedEnd >= next.day;
    if (next.form !== null && runsStill) {
      park(verdicts, next, 'contractRunning', running.contract);
      return;
    }
    if (running.plannedEnd === null) {
      park(verdicts, next, 'alreadyPermanent', running.permanentBy ?? running.contract);
      return;
    }
  }
  const until = lastDay ?? running.plannedEnd ?? next.day;
  const carriesOn =
    daysAfter(until, next.day) <= 1 &&
    !(lastDay !== null && endsForGood(running, walk.undated, next.day, walk.knownAt));
  open(walk, next, next.form ?? running.form, carriesOn ? running.spellFrom : next.day);
}

function open(walk: Walk, contract: ContractFact, form: ContractForm, spellFrom: Day): void {
  const { plannedEnd } = contract;
  const permanentFrom = plannedEnd === null ? contract.day : null;
  const ends = walk.segments.length === 0 ? endsReaching(contract.day, walk) : [];
  walk.running = {
    contract,
    form,
    plannedEnd,
    permanentFrom,
    permanentBy: null,
    ends,
    end: standingEnd(ends),
    spellFrom,
  };
  walk.segments.push(walk.running);
}

/** Of the vague ends placed before the first day of all, those whose period reaches it: that day is then the last. */
function endsReaching(firstDay: Day, { early, verdicts }: Walk): EndFact[] {
  const reaching: EndFact[] = [];
  for (const end of early) {
    if (end.latest >= firstDay) reaching.push({ ...end, lastDay: firstDay, earliest: firstDay });
    else park(verdicts, end, 'noContract');
  }
  return reaching;
}
