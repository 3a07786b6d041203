import { employerOn, type PlacementTimeline } from './chain-ends';
import { addDays } from './days';

/**
 * The placements of one person in groups that have nothing to do with each other at any observation end: no placement of
 * one names one of another, or ends on the day before it begins at the same employer. A group may be larger than it need
 * be, never smaller, so chains can be made group by group: what turns in one leaves the others as they are.
 *
 * The result does not depend on the order of `placements`.
 */
export function groupsOf<Placement extends PlacementTimeline>(
  placements: readonly Placement[],
): readonly (readonly Placement[])[] {
  const all = [...placements].sort((one, other) => (one.placementId < other.placementId ? -1 : 1));
  const holders = new Map<string, Placement[]>();
  for (const placement of all) {
    for (const key of isKnownBy(placement)) {
      const known = holders.get(key);
      if (known === undefined) holders.set(key, [placement]);
      else known.push(placement);
    }
  }
  // Who follows a key that nobody is known by follows nobody.
  for (const placement of all) for (const key of follows(placement)) holders.get(key)?.push(placement);
  const grouped = new Set<Placement>();
  const groups: Placement[][] = [];
  for (const placement of all) {
    if (grouped.has(placement)) continue;
    grouped.add(placement);
    const group = [placement];
    // Grows while it is gone through.
    for (const member of group) {
      for (const key of [...isKnownBy(member), ...follows(member)]) {
        for (const other of holders.get(key) ?? []) {
          if (grouped.has(other)) continue;
          grouped.add(other);
          group.push(other);
        }
        holders.delete(key);
      }
    }
    groups.push(group);
  }
  return groups;
}

const byName = (placementId: string): string => `named ${placementId}`;
const byStart = (day: string, employerId: string): string => `from ${day} at ${employerId}`;

/** By what another can continue in it. */
function isKnownBy({ placementId, timeline }: PlacementTimeline): readonly string[] {
  const [first] = timeline.spells;
  if (first === undefined) return [byName(placementId)];
  return [byName(placementId), byStart(first.firstDay, employerOn(timeline, first.firstDay))];
}

/** All in which it could be continued, whatever of it exists at an observation end. */
function follows({ timeline }: PlacementTimeline): readonly string[] {
  const keys: string[] = [];
  for (const { end, plannedEnd } of timeline.spells) {
    const { continued, hiredByInlener: hired } = end;
    const lastDay = end.lastDay ?? plannedEnd;
    if (lastDay !== null) keys.push(byStart(addDays(lastDay, 1), employerOn(timeline, lastDay)));
    if (continued !== null && continued.successorPlacementId !== null)
      keys.push(byName(continued.successorPlacementId));
    if (hired === null) continue;
    keys.push(byStart(hired.from, hired.employerId));
    if (hired.successorPlacementId !== null) keys.push(byName(hired.successorPlacementId));
  }
  return keys;
}
