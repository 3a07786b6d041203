import type { EventStore, Page, Position } from '@bestendig/event-store';
import type { Generation } from '@bestendig/read-store';
import { PLACEMENT_EVENTS, type applyPage, type Target } from './apply-page';

/** Events of a page of catching up: larger than live, so that the two never cut the log alike, and that they agree says something. */
export const CATCH_UP_EVENTS = 10_000;

export type CatchUp = {
  readonly upTo: Position | null;
  readonly apply: typeof applyPage;
  /** The build as it stands, where a projector that took live over made it look moved. */
  readonly reread: (build: Generation) => Promise<Generation>;
  readonly pageEvents?: number;
  /** Gives up between two pages. */
  readonly signal?: AbortSignal | undefined;
  readonly onPage?: (build: Generation) => void;
};

/** Folds a build that only this session writes to up to a position, page by page. */
export async function catchUpTo(target: Target, options: CatchUp): Promise<Generation> {
  const { upTo, apply, reread, pageEvents, signal, onPage } = options;
  let build = target.generation;
  while (signal?.aborted !== true) {
    const page = await pageUpTo(target.store, build.position, upTo, pageEvents ?? CATCH_UP_EVENTS);
    if (page === null) break;
    build = (await apply({ ...target, generation: build }, page)) ?? (await reread(build));
    onPage?.(build);
  }
  return build;
}

/** Events after `from` up to and including `target`; null where there is nothing between the two. */
export async function pageUpTo(
  store: EventStore,
  from: Position | null,
  target: Position | null,
  limit: number,
): Promise<Page | null> {
  if (target === null || (from !== null && store.comparePositions(from, target) >= 0)) return null;
  const page = await store.readAll(from, { filter: PLACEMENT_EVENTS, limit });
  if (page.next === null) return null;
  if (store.comparePositions(page.next, target) <= 0) return page;
  return {
    events: page.events.filter(({ position }) => store.comparePositions(position, target) <= 0),
    next: target,
    atHead: false,
  };
}
