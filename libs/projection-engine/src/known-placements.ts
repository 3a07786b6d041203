import type { PlacementEvent } from '@bestendig/placement-domain';

/** All events of a placement up to a revision. */
export type KnownPlacement = { readonly events: readonly PlacementEvent[]; readonly revision: number };

/** About 30 MB at most, and most facts of an import come while their placement's earlier ones are still here. */
const EVENTS_MAX = 32_768;

/**
 * Events that were read before, of the placements that were touched last: following the log, a stream is then not read
 * again for each of its facts. Right only while one projector applies every page; whoever is unsure starts a new one.
 */
export class KnownPlacements {
  private readonly placements = new Map<string, KnownPlacement>();
  private events = 0;

  constructor(private readonly eventsMax = EVENTS_MAX) {}

  get(placementId: string): KnownPlacement | null {
    return this.placements.get(placementId) ?? null;
  }

  /** What holds from now on; the ones touched longest ago make room. */
  keep(touched: ReadonlyMap<string, KnownPlacement>): void {
    for (const [placementId, known] of touched) {
      this.forget(placementId);
      this.placements.set(placementId, known);
      this.events += known.events.length;
    }
    for (const placementId of this.placements.keys()) {
      if (this.events <= this.eventsMax) break;
      this.forget(placementId);
    }
  }

  private forget(placementId: string): void {
    this.events -= this.placements.get(placementId)?.events.length ?? 0;
    this.placements.delete(placementId);
  }
}
