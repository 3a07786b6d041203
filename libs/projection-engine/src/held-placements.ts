import {
  hasQuarantined,
  quarantinedAmong,
  quarantinedSince,
  type Quarantined,
  type QuarantinedPlacement,
} from '@bestendig/read-store';
import type { ClientBase } from 'pg';
import { soundPart, type Placement } from './quarantine';

/**
 * What is in quarantine of the placements that are folded from a moment on. What was found at that moment or later is
 * found anew, for more may have become known at it: those placements are released, and folded whole.
 */
export class HeldPlacements {
  readonly released = new Map<string, QuarantinedPlacement>();
  private readonly held = new Map<string, QuarantinedPlacement>();
  private isEmpty: boolean | null = null;

  constructor(
    private readonly client: ClientBase,
    private readonly generation: number,
    private readonly from: string,
  ) {}

  /** Those that what becomes known at a moment may change. */
  async releaseSince(moment: string): Promise<void> {
    if (!(await this.holdsNone())) this.release(await quarantinedSince(this.client, this.generation, moment));
  }

  release(entries: Iterable<QuarantinedPlacement>): void {
    for (const entry of entries) {
      this.held.set(entry.placementId, entry);
      this.released.set(entry.placementId, entry);
    }
  }

  async lookUp(placementIds: Iterable<string>): Promise<void> {
    if (await this.holdsNone()) return;
    const unknown = [...placementIds].filter((placement) => !this.held.has(placement));
    for (const entry of await quarantinedAmong(this.client, this.generation, unknown)) {
      if (entry.thrownAt >= this.from) this.release([entry]);
      else this.held.set(entry.placementId, entry);
    }
  }

  /** The events that count, of a placement that was looked up. */
  soundPart<Given extends Placement & { readonly before: number }>(placement: Given): Given {
    const entry = this.held.get(placement.placementId);
    if (entry === undefined || this.released.has(placement.placementId)) return placement;
    const [kept = placement] = soundPart([placement], [entry]);
    return { ...kept, before: Math.min(placement.before, kept.events.length) };
  }

  /** How many more there are with these, and without those that were released. */
  moreWith(found: readonly Quarantined[]): number {
    const stay = found.filter(({ placementId }) => this.released.has(placementId));
    const fresh = found.filter(({ placementId }) => !this.held.has(placementId));
    return fresh.length + stay.length - this.released.size;
  }

  private async holdsNone(): Promise<boolean> {
    this.isEmpty ??= !(await hasQuarantined(this.client, this.generation));
    return this.isEmpty;
  }
}
