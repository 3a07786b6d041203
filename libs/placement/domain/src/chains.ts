import { employerOn, readSpells, valueOn, type PlacementTimeline, type ReadByChains } from './chain-ends';
import { groupsOf } from './chain-groups';
import { byStart, linkPlacements, type Link, type Member } from './chain-links';
import { piecesOf, type Work } from './chain-pieces';
import type { Chain, Inconsistency } from './chains-types';
import { addDays, dayNumber } from './days';
import type { Day } from './facts';
import type { Spell, Timeline } from './timeline-types';

export { isSameToChains, type PlacementTimeline } from './chain-ends';

type Registration = NonNullable<Timeline['registration']>;
type Held = Member & { readonly timeline: ReadByChains; readonly registration: Registration };
/**
 * More placements than one person can have had: a key that stands for everybody ("unknown", a test). What continues what
 * cannot be told then.
 */
export const PERSON_PLACEMENTS_MAX = 200;

type Cut = { readonly knownAt?: string; readonly observedThrough?: Day };

/**
 * The chains of one person, from the timelines of all placements of that person: which placement continues which, what
 * every end is, and where each chain stands on every day (MEASURES 2, 3 and 8). Pure; never throws; the order of
 * `placements` does not matter. A placement that is not registered, or has no day of paid employment, is in no chain;
 * every other one is in exactly one. Of more than {@link PERSON_PLACEMENTS_MAX} each is a chain of its own.
 *
 * `knownAt` (UTC text) leaves out end codes that were published later. `observedThrough` gives the chains as they are at
 * that observation end: a return to the same placement, or a hiring, after it does not exist; days after it say nothing.
 */
export function chains(placements: readonly PlacementTimeline[], cut: Cut = {}): readonly Chain[] {
  if (placements.length > PERSON_PLACEMENTS_MAX)
    return placements.flatMap((placement) => unjoined(chains([placement], cut)));
  const members = membersOf(placements, cut);
  const links = linkPlacements(members);
  const held = new Map(members.map((member) => [member.placementId, member]));
  const continuing = new Set([...links.values()].map(({ successor }) => successor?.placementId));
  return members
    .filter(({ placementId }) => !continuing.has(placementId))
    .map((first) => chainFrom(first, held, links));
}

/**
 * The chains at every observation end: each holds where its `shown` range does. Almost always these are the chains of
 * `chains()`, without bounds: only a return to the same placement, and a hiring after a gap, can change how a chain
 * looks on the days before it.
 */
export function chainsAtEveryEnd(placements: readonly PlacementTimeline[], knownAt?: string): readonly Chain[] {
  const cut: Cut = knownAt === undefined ? {} : { knownAt };
  if (placements.length > PERSON_PLACEMENTS_MAX)
    return placements.flatMap((placement) => unjoinedChains(placement, knownAt));
  if (turningDays(placements).length === 0) return chains(placements, cut);
  return groupsOf(placements).flatMap((group) => chainsOfGroup(group, cut));
}

/** The chains of one placement of a person who has more than {@link PERSON_PLACEMENTS_MAX}. */
export function unjoinedChains(placement: PlacementTimeline, knownAt?: string): readonly Chain[] {
  return unjoined(chainsAtEveryEnd([placement], knownAt));
}

function unjoined(alone: readonly Chain[]): readonly Chain[] {
  return alone.map((chain) => ({
    ...chain,
    inconsistencies: [
      ...chain.inconsistencies,
      { code: 'personOfTooManyPlacements', placementId: chain.id, on: chain.day0 },
    ],
  }));
}

function chainsOfGroup(placements: readonly PlacementTimeline[], cut: Cut): readonly Chain[] {
  const done: Chain[] = [];
  let open = chains(placements, cut);
  for (const day of turningDays(placements)) {
    const earlier = chains(placements, { ...cut, observedThrough: addDays(day, -1) });
    const [before, after] = [byId(earlier), byId(open)];
    const still: Chain[] = [];
    for (const chain of open) {
      if (looksSameBefore(before.get(chain.id), chain, day)) still.push(chain);
      else done.push({ ...chain, shown: { ...chain.shown, from: day } });
    }
    for (const chain of earlier) {
      if (!looksSameBefore(after.get(chain.id), chain, day))
        still.push({ ...chain, shown: { from: null, before: day } });
    }
    open = still;
  }
  return [...done, ...open];
}

function byId(list: readonly Chain[]): ReadonlyMap<string, Chain> {
  return new Map(list.map((chain) => [chain.id, chain]));
}

/** The days from which a chain may look otherwise on the days before them, descending. */
function turningDays(placements: readonly PlacementTimeline[]): readonly Day[] {
  const days = new Set<Day>();
  for (const { timeline } of placements) {
    // Where work goes on at the placement itself, nobody was hired away from it.
    const mayTurnBack = placements.length > 1 || timeline.spells.some(({ end }) => end.hiredByInlener !== null);
    timeline.spells.forEach(({ firstDay, end }, index) => {
      if (index > 0 && mayTurnBack) days.add(firstDay);
      if (end.hiredByInlener !== null) days.add(end.hiredByInlener.from);
    });
  }
  return [...days].sort().reverse();
}

/** Whether two chains of one id, where there are two, are the same for every observation end before `day`. */
function looksSameBefore(one: Chain | undefined, other: Chain, day: Day): boolean {
  return one !== undefined && JSON.stringify(upTo(one, day)) === JSON.stringify(upTo(other, day));
}

/** What a chain says of the days before `day`; pieces join, so their first days are enough. */
function upTo(chain: Chain, day: Day): unknown {
  return [
    chain.pieces
      .filter(({ firstDay }) => firstDay < day)
      .map(({ firstDay, state, placementId, inexact }) => [firstDay, state, placementId, inexact]),
    chain.hiredByInlenerOn.filter((on) => on < day),
    chain.readAsContinuedOn.filter((on) => on < day),
    chain.inconsistencies.filter(({ on }) => on < day),
  ];
}

function membersOf(placements: readonly PlacementTimeline[], cut: Cut): readonly Held[] {
  const members: Held[] = [];
  for (const { placementId, timeline: whole } of placements) {
    const timeline = cut.observedThrough === undefined ? whole : upToEnd(whole, cut.observedThrough);
    const { registration, spells } = timeline;
    const [first] = spells;
    if (registration === null || first === undefined) continue;
    const readings = readSpells(timeline, cut.knownAt);
    const last = readings.at(-1);
    members.push({
      placementId,
      timeline,
      registration,
      day0: first.firstDay,
      firstEmployerId: employerOn(timeline, first.firstDay),
      lastEmployerId: employerOn(timeline, last?.lastDay ?? last?.firstDay ?? first.firstDay),
      spells: readings,
    });
  }
  return members.sort(byStart);
}

/** Without what does not exist yet at an observation end: later spells of the placement, and a later hiring. */
function upToEnd(timeline: ReadByChains, observedThrough: Day): ReadByChains {
  const spells: Spell[] = [];
  timeline.spells.forEach((spell, index) => {
    if (index > 0 && spell.firstDay > observedThrough) return;
    const hired = spell.end.hiredByInlener;
    spells.push(
      hired !== null && hired.from > observedThrough
        ? { ...spell, end: { ...spell.end, hiredByInlener: null } }
        : spell,
    );
  });
  return { ...timeline, spells };
}

function chainFrom(first: Held, held: ReadonlyMap<string, Held>, links: ReadonlyMap<string, Link>): Chain {
  const works: Work[] = [];
  const placementIds: string[] = [];
  const hired = new Set<Day>();
  const read: Day[] = [];
  const inconsistencies: Inconsistency[] = [];
  for (let member: Held | undefined = first; member !== undefined;) {
    const link: Link | undefined = links.get(member.placementId);
    works.push(...worksOf(member, link, placementIds.length));
    placementIds.push(member.placementId);
    for (const day of hiredOn(member)) hired.add(day);
    if (link === undefined) break;
    if (link.readAsContinuedOn !== null) read.push(link.readAsContinuedOn);
    inconsistencies.push(...link.inconsistencies);
    member = link.successor === null ? undefined : held.get(link.successor.placementId);
  }
  works.sort(byFirstDay);
  return {
    id: first.placementId,
    placementIds,
    ...covariatesOf(first),
    pieces: piecesOf(works),
    hiredByInlenerOn: [...hired].sort(),
    readAsContinuedOn: read,
    inconsistencies,
    shown: { from: null, before: null },
  };
}

function worksOf(member: Held, link: Link | undefined, place: number): readonly Work[] {
  const { placementId } = member;
  return member.spells.map(({ firstDay, lastDay, inexactStart, inexactEnd, after }, index) => {
    const implied = link?.impliedEnd?.spell === index ? link.impliedEnd.lastDay : lastDay;
    return { placementId, place, firstDay, lastDay: implied, inexactStart, inexactEnd, after };
  });
}

function byFirstDay(one: Work, other: Work): number {
  if (one.firstDay !== other.firstDay) return one.firstDay < other.firstDay ? -1 : 1;
  return one.place - other.place;
}

/** The days on which the inlener hired the worker, after the placement's own first day. */
function hiredOn({ timeline, day0 }: Held): readonly Day[] {
  return timeline.spells.flatMap(({ end }) => end.hiredByInlener?.from ?? []).filter((day) => day > day0);
}

/** As known and true on day 0 (MEASURES 4). What was registered later than day 0 is read as it was registered. */
function covariatesOf({
  timeline,
  registration,
  day0,
  firstEmployerId,
}: Held): Pick<
  Chain,
  | 'candidateId'
  | 'day0'
  | 'entry'
  | 'source'
  | 'employerId'
  | 'sector'
  | 'region'
  | 'arrangement'
  | 'hoursPerWeek'
  | 'inTargetGroup'
> {
  const { candidateId, sector, region, inTargetGroup, kind, effectiveDate } = registration;
  return {
    candidateId,
    day0,
    entry: kind === 'existingWorker' ? Math.max(0, dayNumber(effectiveDate) - dayNumber(day0)) : 0,
    source: timeline.source,
    employerId: firstEmployerId,
    sector,
    region,
    arrangement: valueOn(timeline.arrangement, day0)?.arrangement ?? 'ownEmployment',
    hoursPerWeek: valueOn(timeline.hoursPerWeek, day0) ?? 0,
    inTargetGroup,
  };
}
