import {
  chainsAtEveryEnd,
  groupsOf,
  isSameToChains,
  PERSON_PLACEMENTS_MAX,
  unjoinedChains,
  type Chain,
  type PlacementEvent,
  type Timeline,
} from '@bestendig/placement-domain';
import { changesOf, type ChangeSet } from './change-set';
import { placementStates, type PlacementState } from './placement-states';
import type { ProjectionSet } from './projection';

/** A placement's events up to one point of the log, in its order, and the moment from which its rows are to be made; null: all. */
export type PlacementHistory = {
  readonly placementId: string;
  readonly events: readonly PlacementEvent[];
  readonly from: string | null;
};

/** A placement as it was known from moment to moment. */
export type FoldedPlacement = { readonly placementId: string; readonly states: readonly PlacementState[] };

/** All placements that are, or were at any of these moments, of one person; others are left out. */
export type PersonHistory = {
  readonly candidateId: string;
  readonly placements: readonly FoldedPlacement[];
  /** At all of these moments the person has too many placements for any to be joined: then not all need be given. */
  readonly hasTooMany?: boolean;
  /** The same of some moments only, whatever is given. */
  readonly tooManyDuring?: readonly Period[];
};

/** From one moment of knowing until just before another; null: for ever. */
export type Period = { readonly from: string; readonly until: string | null };
export const isDuring = (periods: readonly Period[], moment: string): boolean =>
  periods.some(({ from, until }) => from <= moment && (until === null || moment < until));

/** Stage 1: the rows of one placement. Pure. */
export function foldPlacement(set: ProjectionSet, history: PlacementHistory, changes: ChangeSet): FoldedPlacement {
  const { placementId } = history;
  const states = placementStates(history.events, history.from);
  for (const { table, collect } of set.ofPlacements) collect(placementId, states, changesOf(changes, table));
  return { placementId, states };
}

/** Stage 2: the rows of one person's chains, cut by known time like the first. Pure. */
export function foldPerson(set: ProjectionSet, person: PersonHistory, changes: ChangeSet): void {
  const alone = new Map<PlacementState, readonly Chain[]>();
  const together = nothingMade();
  const states = momentsOf(person).map((moment) => ({
    knownFrom: moment.knownFrom,
    chains: chainsAt(person, moment, alone, together),
  }));
  for (const { table, collect } of set.ofChains) collect(states, changesOf(changes, table));
}

/** A moment at which something of the person's placements changed; `knownFrom` null: before them all. */
export type Moment = { readonly knownFrom: string | null; readonly readAt: string };

export function momentsOf({
  placements,
  tooManyDuring = [],
}: Pick<PersonHistory, 'placements' | 'tooManyDuring'>): readonly Moment[] {
  const [only, ...others] = placements;
  if (only !== undefined && others.length === 0 && tooManyDuring.length === 0) return only.states;
  const moments = new Set(tooManyDuring.flatMap(({ from, until }) => (until === null ? [from] : [from, until])));
  let before: string | null = null;
  for (const { states } of placements) {
    for (const { knownFrom, readAt } of states) {
      if (knownFrom !== null) moments.add(knownFrom);
      else if (before === null || readAt > before) before = readAt;
    }
  }
  const ascending = [...moments].sort().map((moment) => ({ knownFrom: moment, readAt: moment }));
  return before === null ? ascending : [{ knownFrom: null, readAt: before }, ...ascending];
}

type KnownState = { readonly placementId: string; readonly timeline: Timeline; readonly state: PlacementState };

/** @param alone chains of placements that none joins, made for other moments: added to. */
export function chainsAt(
  person: PersonHistory,
  moment: Moment,
  alone: Map<PlacementState, readonly Chain[]>,
  together: MadeTogether = nothingMade(),
): readonly Chain[] {
  const known: KnownState[] = [];
  for (const { placementId, states } of person.placements) {
    const state = stateAt(states, moment.knownFrom);
    if (state !== null && state.timeline.registration?.candidateId === person.candidateId)
      known.push({ placementId, timeline: state.timeline, state });
  }
  if (hasTooManyAt(person, moment.readAt) || known.length > PERSON_PLACEMENTS_MAX)
    return known.flatMap((placement) => chainsAlone(placement, alone));
  const { last } = together;
  if (last !== null && isSameGroup(last.group, known)) return last.chains;
  const chains =
    known.length > 1
      ? groupsOf(known).flatMap((group) => chainsTogether(group, moment.readAt, together))
      : chainsAtEveryEnd(known, moment.readAt);
  together.last = { group: known, chains };
  return chains;
}

const hasTooManyAt = ({ hasTooMany = false, tooManyDuring = [] }: PersonHistory, moment: string): boolean =>
  hasTooMany || isDuring(tooManyDuring, moment);

type Made = { readonly group: readonly KnownState[]; readonly chains: readonly Chain[] };
/** Chains as they were last made: of all placements, and of groups of them, each by its first placement. */
type MadeTogether = { last: Made | null; readonly groups: Map<string, Made> };

const nothingMade = (): MadeTogether => ({ last: null, groups: new Map() });

/**
 * Most moments change one placement, and groups have nothing to do with each other: the chains of the others are the same.
 * What a policy row changes is a state of its own, which shares nothing.
 */
function chainsTogether(group: readonly KnownState[], readAt: string, { groups }: MadeTogether): readonly Chain[] {
  const first = group[0]?.placementId ?? '';
  const last = groups.get(first);
  if (last !== undefined && isSameGroup(last.group, group)) return last.chains;
  const chains = chainsAtEveryEnd(group, readAt);
  groups.set(first, { group, chains });
  return chains;
}

const isSameGroup = (one: readonly KnownState[], other: readonly KnownState[]): boolean =>
  one.length === other.length &&
  one.every(({ placementId, timeline }, at) => {
    const same = other[at];
    return same?.placementId === placementId && isSameToChains(same.timeline, timeline);
  });

/** Made once for each state: there may be thousands, and most moments change one. */
function chainsAlone(
  { placementId, timeline, state }: KnownState,
  alone: Map<PlacementState, readonly Chain[]>,
): readonly Chain[] {
  const made = alone.get(state) ?? unjoinedChains({ placementId, timeline }, state.readAt);
  alone.set(state, made);
  return made;
}

function stateAt(states: readonly PlacementState[], moment: string | null): PlacementState | null {
  let found: PlacementState | null = null;
  for (const state of states) {
    if (state.knownFrom !== null && (moment === null || state.knownFrom > moment)) break;
    found = state;
  }
  return found;
}
