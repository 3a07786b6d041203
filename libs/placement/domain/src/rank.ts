import type { PlacementEvent } from './facts';

/**
 * Rank decides between facts that exclude each other: what was reported first stands. It looks at nothing that depends
 * on how or when a fact reached this system.
 */
export function compareRank(a: PlacementEvent, b: PlacementEvent): number {
  if (a.reportedAt !== b.reportedAt) {
    if (a.reportedAt === null) return 1;
    if (b.reportedAt === null) return -1;
    return a.reportedAt < b.reportedAt ? -1 : 1;
  }
  return (
    compareText(a.source ?? '', b.source ?? '') || compareText(a.messageId, b.messageId) || compareText(a.id, b.id)
  );
}

/** By code unit, so the same on every machine. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The facts known at `knownAt` (all, when left out) by rank; the same fact given twice is there once. */
export function rankedFacts(events: readonly PlacementEvent[], knownAt?: string): PlacementEvent[] {
  const ranked: PlacementEvent[] = [];
  for (const event of events) if (knownAt === undefined || event.recordedAt <= knownAt) ranked.push(event);
  // Facts mostly come in the order in which they were reported.
  if (isRanked(ranked)) return ranked;
  ranked.sort(compareWhole);
  let kept = 0;
  for (const event of ranked) {
    if (kept > 0 && ranked[kept - 1]?.id === event.id) continue;
    ranked[kept++] = event;
  }
  ranked.length = kept;
  return ranked;
}

function isRanked(events: readonly PlacementEvent[]): boolean {
  let before: PlacementEvent | undefined;
  for (const event of events) {
    if (before !== undefined && compareRank(before, event) >= 0) return false;
    before = event;
  }
  return true;
}

/** Rank, and for copies of one id the one recorded first; the content decides last, so that even junk has one order. */
function compareWhole(a: PlacementEvent, b: PlacementEvent): number {
  if (a === b) return 0;
  return (
    compareRank(a, b) || compareText(a.recordedAt, b.recordedAt) || compareText(JSON.stringify(a), JSON.stringify(b))
  );
}
