import type { Chain, PlacementEvent } from '@bestendig/placement-domain';
import type { Quarantined } from '@bestendig/read-store';
import { backTo, changesOf, emptyChangeSet, markOf, type ChangeSet } from './change-set';
import { chainsAt, foldPerson, foldPlacement, momentsOf, type Period, type PersonHistory } from './fold';
import { joinedPlacements, placementsOfEach } from './persons';
import { placementMoments, placementStates, stateFrom, type PlacementState } from './placement-states';
import type { ProjectionSet } from './projection';

export type Placement = { readonly placementId: string; readonly events: readonly PlacementEvent[] };

/** Placements that share persons, with those persons. */
export type Group = {
  readonly candidates: readonly string[];
  readonly placements: readonly Placement[];
  /** Persons of whom no two placements are joined, so that not all need be given. */
  readonly tooMany?: ReadonlySet<string>;
  /** The same of some moments only. */
  readonly tooManyDuring?: readonly Period[];
};

const ERROR_LENGTH_MAX = 500;

/** Everything at once, whatever throws: a placement's rows are those of the events before the one that makes a fold throw. Pure. */
export function foldSound(
  set: ProjectionSet,
  placements: readonly Placement[],
): { readonly changes: ChangeSet; readonly quarantined: readonly Quarantined[] } {
  const changes = emptyChangeSet(set);
  const quarantined: Quarantined[] = [];
  for (const joined of joinedPlacements(placements)) quarantined.push(...foldSoundGroup(set, joined, changes));
  return { changes, quarantined };
}

/** Gives what throws; the rows are those without. */
export function foldSoundGroup(set: ProjectionSet, group: Group, changes: ChangeSet): readonly Quarantined[] {
  const mark = markOf(changes);
  try {
    foldGroup(set, group, changes);
    return [];
  } catch (error) {
    backTo(mark, changes);
    const found = culpritsOf(set, group, { from: null, error });
    foldGroup(set, { ...group, placements: soundPart(group.placements, found) }, changes);
    return found;
  }
}

function foldGroup(set: ProjectionSet, { candidates, placements }: Group, changes: ChangeSet): void {
  const folded = placements.map((placement) => foldPlacement(set, { ...placement, from: null }, changes));
  for (const [candidateId, own] of placementsOfEach(candidates, folded))
    foldPerson(set, { candidateId, placements: own }, changes);
}

/** The placements without the events that were found, and those after them. */
export function soundPart<Given extends Placement>(
  placements: readonly Given[],
  found: readonly Pick<Quarantined, 'placementId' | 'revision'>[],
): readonly Given[] {
  const revisions = new Map(found.map(({ placementId, revision }) => [placementId, revision]));
  return placements.map((placement) => {
    const revision = revisions.get(placement.placementId);
    return revision === undefined ? placement : { ...placement, events: placement.events.slice(0, revision) };
  });
}

/**
 * Which events make the folds of a group throw. First of each placement alone, then of its persons, each time at the first
 * moment of knowing that throws: of the events that became known then, in order of placement and revision, the first with
 * which it does. The rest of its placement is left out, and so on until everything folds.
 *
 * A function of the events known by the last moment that throws. Pure.
 *
 * @param from the moment before which everything folded; null: none.
 * @throws the error itself where no event is found: then it does not follow from the events.
 */
export function culpritsOf(
  set: ProjectionSet,
  group: Group,
  { from, error }: { readonly from: string | null; readonly error: unknown },
): readonly Quarantined[] {
  const found = new Map<string, Quarantined>();
  let thrownAt = '';
  const add = (one: Quarantined): void => {
    found.set(one.placementId, one);
    if (one.thrownAt > thrownAt) thrownAt = one.thrownAt;
  };
  const soundAlone = (placement: Placement): Placement => {
    let [kept = placement] = soundPart([placement], [...found.values()]);
    for (let one = culpritAlone(set, kept, from); one !== null; one = culpritAlone(set, kept, from)) {
      add(one);
      [kept = placement] = soundPart([kept], [one]);
    }
    return kept;
  };
  let placements = group.placements.map(soundAlone);
  for (;;) {
    const one = culpritTogether(set, { ...group, placements }, from);
    if (one === null) break;
    add(one);
    placements = placements.map((placement) =>
      placement.placementId === one.placementId ? soundAlone(placement) : placement,
    );
  }
  // All were found beside the others, and beside what was found first of the same placement: what may change one may change all.
  if (found.size > 0)
    return [...found.values()]
      .map((one) => ({ ...one, thrownAt }))
      .sort((one, other) => compare(one.placementId, other.placementId));
  if (from === null) throw error;
  return culpritsOf(set, group, { from: null, error });
}

/** Stage 1: the first moment at which the placement's rows throw. */
function culpritAlone(set: ProjectionSet, { placementId, events }: Placement, from: string | null): Quarantined | null {
  const errorOf = (upTo: number, moment: string): string | null =>
    thrownBy(() => {
      const states = [stateFrom(upTo === events.length ? events : events.slice(0, upTo), moment)];
      for (const { table, collect } of set.ofPlacements)
        collect(placementId, states, changesOf(emptyChangeSet(set), table));
    });
  for (const moment of placementMoments(events)) {
    if (from !== null && moment < from) continue;
    if (errorOf(events.length, moment) === null) continue;
    for (const { index } of suspects([{ placementId, events }], moment).flatMap(({ added }) => added)) {
      const error = errorOf(index + 1, moment);
      if (error !== null) return culprit(placementId, events, { index, thrownAt: moment, error });
    }
  }
  return null;
}

/** Stage 2: the first moment at which the rows of one of the persons throw. */
function culpritTogether(set: ProjectionSet, group: Group, from: string | null): Quarantined | null {
  const placements = group.placements.map(({ placementId, events }) => ({
    placementId,
    states: placementStates(events, from),
  }));
  const alone = new Map<string, Alone>(group.candidates.map((candidate) => [candidate, new Map()]));
  for (const { knownFrom: moment } of momentsOf({ ...group, placements })) {
    if (moment === null || errorOfPersons(set, group, { placements, moment, alone }) === null) continue;
    const one = culpritAt(set, group, { moment, from });
    if (one !== null) return one;
  }
  return null;
}

/** Adds the events one at a time, until the rows of a person throw. */
function culpritAt(
  set: ProjectionSet,
  group: Group,
  { moment, from }: { readonly moment: string; readonly from: string | null },
): Quarantined | null {
  const eventsOf = new Map(group.placements.map(({ placementId, events }) => [placementId, events]));
  for (const { before, added } of suspects(group.placements, moment)) {
    const states = new Map(before.map(({ placementId, events }) => [placementId, placementStates(events, from)]));
    for (const { placementId, index } of added) {
      const events = eventsOf.get(placementId) ?? [];
      states.set(placementId, placementStates(events.slice(0, index + 1), from));
      const placements = [...states].map(([id, known]) => ({ placementId: id, states: known }));
      const error = errorOfPersons(set, group, { placements, moment, alone: new Map() });
      if (error !== null) return culprit(placementId, events, { index, thrownAt: moment, error });
    }
  }
  return null;
}

type Suspect = { readonly placementId: string; readonly index: number; readonly knownTime: string };
type Suspects = { readonly before: readonly Placement[]; readonly added: readonly Suspect[] };

/**
 * The events that became known at a moment, by placement and revision, to be added to those before. It may be a policy
 * row that became known then: so after that all of them, by the time they became known.
 */
function suspects(placements: readonly Placement[], moment: string): readonly Suspects[] {
  const all = placements
    .flatMap(({ placementId, events }) =>
      events.map(({ recordedAt }, index): Suspect => ({ placementId, index, knownTime: recordedAt })),
    )
    .filter(({ knownTime }) => knownTime <= moment)
    .sort(
      (one, other) =>
        compare(one.knownTime, other.knownTime) ||
        compare(one.placementId, other.placementId) ||
        one.index - other.index,
    );
  const upTo = (isBefore: (knownTime: string) => boolean): readonly Placement[] =>
    placements.map(({ placementId, events }) => ({
      placementId,
      events: events.filter(({ recordedAt }) => isBefore(recordedAt)),
    }));
  return [
    { before: upTo((knownTime) => knownTime < moment), added: all.filter(({ knownTime }) => knownTime === moment) },
    { before: upTo(() => false), added: all },
  ];
}

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);

type Alone = Map<PlacementState, readonly Chain[]>;
type PersonsAt = {
  readonly placements: PersonHistory['placements'];
  readonly moment: string;
  readonly alone: ReadonlyMap<string, Alone>;
};

function errorOfPersons(set: ProjectionSet, group: Group, { placements, moment, alone }: PersonsAt): string | null {
  const { tooMany, tooManyDuring = [] } = group;
  for (const [candidateId, own] of placementsOfEach(group.candidates, placements)) {
    const person = { candidateId, placements: own, hasTooMany: tooMany?.has(candidateId) === true, tooManyDuring };
    const error = thrownBy(() => {
      const chains = chainsAt(person, { knownFrom: moment, readAt: moment }, alone.get(candidateId) ?? new Map());
      for (const { table, collect } of set.ofChains)
        collect([{ knownFrom: moment, chains }], changesOf(emptyChangeSet(set), table));
    });
    if (error !== null) return error;
  }
  return null;
}

function culprit(
  placementId: string,
  events: readonly PlacementEvent[],
  { index, thrownAt, error }: { readonly index: number; readonly thrownAt: string; readonly error: string },
): Quarantined {
  const event = events[index];
  const type: unknown = event?.type;
  return {
    placementId,
    eventId: event?.id ?? '',
    eventType: typeof type === 'string' ? type : '',
    revision: index,
    knownTime: event?.recordedAt ?? '',
    thrownAt,
    error,
  };
}

/** Name and message of what the work throws; null where it throws nothing. */
function thrownBy(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : `not an Error: ${typeof error}`;
    return text.slice(0, ERROR_LENGTH_MAX);
  }
}
