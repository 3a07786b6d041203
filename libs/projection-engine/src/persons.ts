import type { PlacementEvent } from '@bestendig/placement-domain';
import type { FoldedPlacement } from './fold';

/** A placement with what was recorded of it. */
type WithEvents = { readonly events: readonly PlacementEvent[] };

/** Placements that are, were or may be of the same persons, and those persons. */
export type Joined<Placement extends WithEvents> = {
  readonly candidates: readonly string[];
  readonly placements: readonly Placement[];
};

/** Every person that a placement's facts name, whether the fact stands or not: whoever it is or was of is among them. */
export function namedCandidates(events: readonly PlacementEvent[]): readonly string[] {
  const named: string[] = [];
  for (const event of events) {
    const fact = event.type === 'FactCorrected' ? event.data?.replacement : event;
    if (fact?.type !== 'PlacementRegistered') continue;
    const candidate: unknown = fact.data?.candidateId;
    if (typeof candidate === 'string' && !named.includes(candidate)) named.push(candidate);
  }
  return named;
}

/** Groups placements so that no two groups name the same person: each can be folded apart. */
export function joinedPlacements<Placement extends WithEvents>(
  placements: readonly Placement[],
): readonly Joined<Placement>[] {
  const groups: { candidates: string[]; placements: Placement[] }[] = [];
  const groupOf = new Map<string, (typeof groups)[number]>();
  const addCandidate = (candidate: string, group: (typeof groups)[number]): void => {
    group.candidates.push(candidate);
    groupOf.set(candidate, group);
  };
  for (const placement of placements) {
    const candidates = namedCandidates(placement.events);
    const found = new Set(candidates.flatMap((candidate) => groupOf.get(candidate) ?? []));
    // Most placements name one person; one that names two joins the groups of both. The largest takes the others in: one
    // key may stand for thousands.
    let group: (typeof groups)[number] | null = null;
    for (const one of found) if (group === null || one.placements.length > group.placements.length) group = one;
    if (group === null) groups.push((group = { candidates: [], placements: [] }));
    for (const other of found) {
      if (other === group) continue;
      for (const candidate of other.candidates.splice(0)) addCandidate(candidate, group);
      for (const each of other.placements.splice(0)) group.placements.push(each);
    }
    group.placements.push(placement);
    for (const candidate of candidates) if (groupOf.get(candidate) !== group) addCandidate(candidate, group);
  }
  return groups.filter((group) => group.placements.length > 0);
}

/** By person the placements that are, or were at any of their moments, that person's. */
export function placementsOfEach(
  candidates: readonly string[],
  placements: readonly FoldedPlacement[],
): ReadonlyMap<string, readonly FoldedPlacement[]> {
  const own = new Map<string, FoldedPlacement[]>(candidates.map((candidate) => [candidate, []]));
  for (const placement of placements) {
    for (const { timeline } of placement.states) {
      const ofPerson = own.get(timeline.registration?.candidateId ?? '');
      if (ofPerson !== undefined && ofPerson.at(-1) !== placement) ofPerson.push(placement);
    }
  }
  return own;
}
