import type { PlacementEvent } from '@bestendig/placement-domain';

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
  const groupOf = new Map<string, { candidates: string[]; placements: Placement[] }>();
  for (const placement of placements) {
    const candidates = namedCandidates(placement.events);
    const found = new Set(candidates.flatMap((candidate) => groupOf.get(candidate) ?? []));
    // Most placements name one person; one that names two joins the groups of both.
    const [first, ...others] = found;
    const group = first ?? { candidates: [], placements: [] };
    if (first === undefined) groups.push(group);
    for (const other of others) {
      group.candidates.push(...other.candidates.splice(0));
      group.placements.push(...other.placements.splice(0));
    }
    group.placements.push(placement);
    for (const candidate of candidates) if (!group.candidates.includes(candidate)) group.candidates.push(candidate);
    for (const candidate of group.candidates) groupOf.set(candidate, group);
  }
  return groups.filter((group) => group.placements.length > 0);
}
