import { endsForGood, type Claim, type SpellReading } from './chain-ends';
import type { Inconsistency } from './chains-types';
import { addDays } from './days';
import type { Day } from './facts';

/** One placement as the linking reads it. */
export type Member = {
  readonly placementId: string;
  readonly day0: Day;
  /** Formal employer on day 0, and on the last day of the last spell. */
  readonly firstEmployerId: string;
  readonly lastEmployerId: string;
  readonly spells: readonly SpellReading[];
};

/** What continues a placement, and what was read or left out in finding it. */
export type Link = {
  readonly successor: Member | null;
  /** Where a hiring by the inlener says when the employment before it stopped: the spell (by index) and its last day. */
  readonly impliedEnd: { readonly spell: number; readonly lastDay: Day } | null;
  readonly readAsContinuedOn: Day | null;
  readonly inconsistencies: readonly Inconsistency[];
};

/** A placement while its continuation is looked for. */
type Open = {
  readonly member: Member;
  readonly inconsistencies: Inconsistency[];
  successor: Member | null;
  impliedEnd: Link['impliedEnd'];
  readAsContinuedOn: Day | null;
  /** Its continuation has been decided: it has one, or the one it names continues another. */
  isDecided: boolean;
  /** It continues another. */
  isTaken: boolean;
  /** It lost a claim to another: a chain of its own, and never read as continuing anything (MEASURES 8). */
  hasLost: boolean;
};
type OwnClaim = { readonly of: Open; readonly claim: Claim; readonly spell: number };
/** Named claims by the placement they name; the others, by the day on which they take what begins at their employer. */
type Claims = {
  readonly named: ReadonlyMap<Open, readonly OwnClaim[]>;
  readonly unnamed: ReadonlyMap<Day, readonly OwnClaim[]>;
};
/** What begins on one day, by its formal employer: what is still free of it, and maybe more. */
type Starting = Map<string, readonly Open[]>;

/**
 * Which placement continues which (MEASURES 3 and 8), by the day on which the continuing ones begin: first those that are
 * named, then those that a continuation without a name takes, then what is read as continued. A placement has one
 * continuation at most and continues one at most; of several that claim the same one the earliest start wins, then the
 * lowest id. Own reading: of two that name the same continuation, the one that ended last has it, then the earliest
 * start, then the lowest id; the other is a continuation whose successor is not recorded.
 *
 * @param members by day 0, then by id
 */
export function linkPlacements(members: readonly Member[]): ReadonlyMap<string, Link> {
  const all = members.map(opened);
  const { named, unnamed } = claimsOf(all);
  // Who is alone continues nobody. Everything is looked up by day: one key may stand for thousands of placements.
  if (all.length > 1) {
    const readable = readableOn(all);
    for (const [day, starting] of grouped(all, ({ member }) => member.day0)) {
      for (const start of starting) followNames(start, named.get(start) ?? []);
      const [claims, before] = [unnamed.get(day), readable.get(day)];
      if (claims === undefined && before === undefined) continue;
      const atEmployers: Starting = grouped(starting, ({ member }) => member.firstEmployerId);
      takeNextDay(atEmployers, claims ?? []);
      readAsContinued(atEmployers, before ?? [], day);
    }
  }
  return new Map(all.map((open) => [open.member.placementId, open]));
}

/** In the order of `all`, the groups by their first. */
function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) addTo(groups, keyOf(one), one);
  return groups;
}

function addTo<K, T>(groups: Map<K, T[]>, key: K, one: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [one]);
  else group.push(one);
}

function opened(member: Member): Open {
  const inconsistencies = member.spells.flatMap(({ notFollowed, lastDay, firstDay }) =>
    notFollowed.map((code) => inconsistency(code, member, lastDay ?? firstDay)),
  );
  const nothing = { successor: null, impliedEnd: null, readAsContinuedOn: null };
  return { member, inconsistencies, ...nothing, isDecided: false, isTaken: false, hasLost: false };
}

function inconsistency(code: Inconsistency['code'], member: Member, lastDay: Day): Inconsistency {
  return { code, placementId: member.placementId, on: addDays(lastDay, 1) };
}

/**
 * Sorts the claims. One that names what begins on or before the last day is as if it named nobody (MEASURES 8); one that
 * names its own placement, as a source may that renews contracts within one, names nobody either.
 */
function claimsOf(all: readonly Open[]): Claims {
  const byId = new Map(all.map((open) => [open.member.placementId, open]));
  const named = new Map<Open, OwnClaim[]>();
  const unnamed = new Map<Day, OwnClaim[]>();
  for (const of of all) {
    of.member.spells.forEach(({ claims }, spell) => {
      for (const claim of claims) {
        const own = { of, claim, spell };
        const target = claim.names === null ? undefined : byId.get(claim.names);
        if (claim.names === null || target === of) addTo(unnamed, claim.firstDay, own);
        else if (target !== undefined && target.member.day0 <= claim.lastDay) {
          of.inconsistencies.push(inconsistency('continuationBeforeEnd', of.member, claim.lastDay));
          addTo(unnamed, claim.firstDay, own);
        } else if (target !== undefined && isOverBefore(of.member, target.member.day0)) {
          of.inconsistencies.push(inconsistency('continuationOfPensionOrDeath', of.member, claim.lastDay));
        } else {
          // Whether or not what is named is recorded, or continues another: this employment has stopped.
          stopWhereImplied(own);
          if (target !== undefined) addTo(named, target, own);
        }
      }
    });
  }
  return { named, unnamed };
}

/** A later spell of the placement ended by pension or death before that day. */
function isOverBefore(member: Member, day: Day): boolean {
  const last = member.spells.at(-1);
  return last !== undefined && endsForGood(last) && last.lastDay !== null && last.lastDay < day;
}

function followNames(start: Open, claims: readonly OwnClaim[]): void {
  const ranked = [...claims].sort(endedLastFirst);
  const winner = ranked.find(({ of }) => !of.isDecided);
  if (winner !== undefined) join(winner, start);
  else if (ranked.length > 0) start.hasLost = true;
  for (const { of, claim } of ranked) {
    if (of.successor === start.member) continue;
    of.inconsistencies.push(inconsistency('continuationClaimedTwice', of.member, claim.lastDay));
    of.isDecided = true;
  }
}

function join(own: OwnClaim, start: Open): void {
  own.of.successor = start.member;
  own.of.isDecided = true;
  start.isTaken = true;
  stopWhereImplied(own);
}

function stopWhereImplied({ of, claim, spell }: OwnClaim): void {
  if (claim.implied) of.impliedEnd = { spell, lastDay: claim.lastDay };
}

/** By first day, then by id. */
export function byStart(one: Member, other: Member): number {
  if (one.day0 !== other.day0) return one.day0 < other.day0 ? -1 : 1;
  if (one.placementId === other.placementId) return 0;
  return one.placementId < other.placementId ? -1 : 1;
}

function endedLastFirst(one: OwnClaim, other: OwnClaim): number {
  if (one.claim.lastDay !== other.claim.lastDay) return one.claim.lastDay > other.claim.lastDay ? -1 : 1;
  return byStart(one.of.member, other.of.member);
}

function takeNextDay(atEmployers: Starting, claims: readonly OwnClaim[]): void {
  for (const own of [...claims].sort(endedLastFirst)) {
    const [first, ...others] = free(atEmployers, own.claim.employerId);
    if (first === undefined) continue;
    for (const other of others) other.hasLost = true;
    if (own.of.isDecided) first.hasLost = true;
    else join(own, first);
  }
}

/** What is still free at an employer. What is not never is again, so it is not looked at a second time. */
function free(atEmployers: Starting, employerId: string): readonly Open[] {
  const left = (atEmployers.get(employerId) ?? []).filter((start) => !start.isTaken && !start.hasLost);
  atEmployers.set(employerId, left);
  return left;
}

/**
 * What may be read as continued, by the day after its last end. Only a placement's last end can be (MEASURES 8); a planned
 * end links as a recorded one does.
 */
function readableOn(all: readonly Open[]): ReadonlyMap<Day, readonly Open[]> {
  const byDay = new Map<Day, Open[]>();
  for (const open of all) {
    const last = open.member.spells.at(-1);
    if (last !== undefined && last.lastDay !== null && last.readable !== null)
      addTo(byDay, addDays(last.lastDay, 1), open);
  }
  return byDay;
}

/** `before`: by first day, then by id. */
function readAsContinued(atEmployers: Starting, before: readonly Open[], day: Day): void {
  for (const open of before) {
    if (open.isDecided || open.impliedEnd !== null) continue;
    const [first, ...others] = free(atEmployers, open.member.lastEmployerId);
    if (first === undefined) continue;
    for (const other of others) other.hasLost = true;
    open.successor = first.member;
    open.isDecided = true;
    first.isTaken = true;
    if (open.member.spells.at(-1)?.readable === 'code30') open.readAsContinuedOn = day;
  }
}
