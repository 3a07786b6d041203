import type { Claim, SpellReading } from './chain-ends';
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
  successor: Member | null;
  /** Where a hiring by the inlener says when the employment before it stopped: the spell (by index) and its last day. */
  impliedEnd: { readonly spell: number; readonly lastDay: Day } | null;
  readAsContinuedOn: Day | null;
  readonly inconsistencies: Inconsistency[];
};

type Linking = {
  /** Ordered by day 0, then by id. */
  readonly members: readonly Member[];
  readonly links: ReadonlyMap<string, Link>;
  /** Placements that continue another. */
  readonly taken: Set<string>;
  /** Placements that lost a claim to another: each is a chain of its own and never read as continuing anything (MEASURES 8). */
  readonly lost: Set<string>;
};
type OwnClaim = { readonly member: Member; readonly claim: Claim; readonly spell: number };
type Candidate = OwnClaim & { readonly target: Member };

/**
 * Which placement continues which (MEASURES 3 and 8): first what is named, then continuations that name nobody and take
 * the placement of the next day, then what is read as continued. A placement has one continuation at most and continues
 * one at most. Own reading: of two that name the same continuation, the one that ended last has it, then the earliest
 * start, then the lowest id; the other is a continuation whose successor is not recorded.
 */
export function linkPlacements(members: readonly Member[]): ReadonlyMap<string, Link> {
  const links = new Map<string, Link>();
  for (const member of members) {
    const inconsistencies = member.spells.flatMap((spell) =>
      spell.notFollowed.map((code) => notFollowed(code, member, spell.lastDay ?? spell.firstDay)),
    );
    links.set(member.placementId, { successor: null, impliedEnd: null, readAsContinuedOn: null, inconsistencies });
  }
  const linking: Linking = { members, links, taken: new Set(), lost: new Set() };
  const unnamed = followNames(linking);
  takeNextDay(linking, unnamed);
  readAsContinued(linking);
  return links;
}

function notFollowed(code: Inconsistency['code'], member: Member, lastDay: Day): Inconsistency {
  return { code, placementId: member.placementId, on: addDays(lastDay, 1) };
}

/** Follows the continuations that are named; gives back the claims without a name, or with one that is as if not made. */
function followNames(linking: Linking): readonly OwnClaim[] {
  const unnamed: OwnClaim[] = [];
  const winners: Candidate[] = [];
  for (const member of linking.members) {
    const candidates: Candidate[] = [];
    for (const own of claimsOf(member)) {
      const { names, lastDay, by } = own.claim;
      const target = names === null ? undefined : linking.members.find(({ placementId }) => placementId === names);
      if (names === null || (by === 'hiredByInlener' && target === member)) unnamed.push(own);
      else if (target === undefined) stopWhereImplied(linking, own);
      else if (target.day0 > lastDay) candidates.push({ ...own, target });
      else {
        linkOf(linking, member).inconsistencies.push(notFollowed('continuationBeforeEnd', member, lastDay));
        unnamed.push(own);
      }
    }
    const winner = firstToStart(linking, candidates);
    if (winner !== null) winners.push(winner);
  }
  winners.sort(endedLastFirst);
  for (const winner of winners) {
    if (linking.taken.has(winner.target.placementId)) {
      const { member, claim } = winner;
      linkOf(linking, member).inconsistencies.push(notFollowed('continuationClaimedTwice', member, claim.lastDay));
    } else join(linking, winner);
  }
  return unnamed;
}

function claimsOf(member: Member): readonly OwnClaim[] {
  return member.spells.flatMap(({ claims }, spell) => claims.map((claim) => ({ member, claim, spell })));
}

function linkOf(linking: Linking, member: Member): Link {
  const link = linking.links.get(member.placementId);
  if (link === undefined) throw new RangeError('a placement without a link');
  return link;
}

/** Of what claims to continue one placement the earliest start wins, then the lowest id; the others have lost. */
function firstToStart(linking: Linking, candidates: readonly Candidate[]): Candidate | null {
  const [winner, ...others] = [...candidates].sort((one, other) => byStart(one.target, other.target));
  if (winner === undefined) return null;
  let named = false;
  for (const { target, claim } of others) {
    if (target === winner.target) continue;
    linking.lost.add(target.placementId);
    named ||= claim.names !== null;
  }
  if (named) {
    const { member, claim } = winner;
    linkOf(linking, member).inconsistencies.push(notFollowed('continuationClaimedTwice', member, claim.lastDay));
  }
  return winner;
}

/** By first day, then by id. */
export function byStart(one: Member, other: Member): number {
  if (one.day0 !== other.day0) return one.day0 < other.day0 ? -1 : 1;
  if (one.placementId === other.placementId) return 0;
  return one.placementId < other.placementId ? -1 : 1;
}

function endedLastFirst(one: OwnClaim, other: OwnClaim): number {
  if (one.claim.lastDay !== other.claim.lastDay) return one.claim.lastDay > other.claim.lastDay ? -1 : 1;
  return byStart(one.member, other.member);
}

function join(linking: Linking, candidate: Candidate): void {
  linkOf(linking, candidate.member).successor = candidate.target;
  linking.taken.add(candidate.target.placementId);
  stopWhereImplied(linking, candidate);
}

function stopWhereImplied(linking: Linking, { member, claim, spell }: OwnClaim): void {
  if (claim.implied) linkOf(linking, member).impliedEnd = { spell, lastDay: claim.lastDay };
}

function takeNextDay(linking: Linking, unnamed: readonly OwnClaim[]): void {
  for (const own of [...unnamed].sort(endedLastFirst)) {
    const { member, claim } = own;
    if (linkOf(linking, member).successor !== null) continue;
    const targets = free(linking, member, claim.employerId, claim.firstDay);
    const winner = firstToStart(linking, targets.filter(({ day0 }) => day0 > claim.lastDay).map((target) => ({ ...own, target }))); // prettier-ignore
    if (winner !== null) join(linking, winner);
  }
}

function free(linking: Linking, member: Member, employerId: string, firstDay: Day): readonly Member[] {
  return linking.members.filter(
    (target) =>
      target !== member &&
      target.day0 === firstDay &&
      target.firstEmployerId === employerId &&
      !linking.taken.has(target.placementId) &&
      !linking.lost.has(target.placementId),
  );
}

/** Only a placement's last end can be read as continued (MEASURES 8); a planned end links as a recorded one does. */
function readAsContinued(linking: Linking): void {
  for (const member of linking.members) {
    const link = linkOf(linking, member);
    const last = member.spells.at(-1);
    if (last === undefined || last.lastDay === null || last.readable === null) continue;
    if (link.successor !== null || link.impliedEnd !== null) continue;
    const nextDay = addDays(last.lastDay, 1);
    const [winner, ...others] = free(linking, member, member.lastEmployerId, nextDay);
    if (winner === undefined || winner.day0 <= member.day0) continue;
    for (const { placementId } of others) linking.lost.add(placementId);
    link.successor = winner;
    linking.taken.add(winner.placementId);
    if (last.readable === 'code30') link.readAsContinuedOn = nextDay;
  }
}
