import {
  listQuarantined,
  liveGeneration,
  retryNow,
  type QuarantinedPlacement,
  type ReadStore,
} from '@bestendig/read-store';
import type { ProjectionSet } from './projection';

export type QuarantinedPage = {
  readonly items: readonly QuarantinedPlacement[];
  /** The last placement of the page, to go on after; null at the end. */
  readonly next: string | null;
};

/** Placements of the live build that are in quarantine, in order of their ids; none while nothing is live. */
export async function quarantinedOf(
  set: ProjectionSet,
  readStore: ReadStore,
  page: { readonly after?: string | null; readonly limit: number },
): Promise<QuarantinedPage> {
  const live = await liveGeneration(readStore.pool, set.name);
  if (live === null) return { items: [], next: null };
  const found = await listQuarantined(readStore.pool, live, { after: page.after ?? null, limit: page.limit + 1 });
  const items = found.slice(0, page.limit);
  return { items, next: found.length > page.limit ? (items.at(-1)?.placementId ?? null) : null };
}

/**
 * Has the projector fold placements in quarantine again within about a second: these, or all. Gives how many of them are
 * in quarantine.
 */
export async function redrive(
  set: ProjectionSet,
  readStore: ReadStore,
  placementIds: readonly string[] | null = null,
): Promise<number> {
  const live = await liveGeneration(readStore.pool, set.name);
  return live === null ? 0 : retryNow(readStore.pool, live.number, placementIds);
}
