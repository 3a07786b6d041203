import type { EventStore, Position, RecordedEvent } from '@bestendig/event-store';
import { generationsOf, rebuildsOf, type RebuildRecord, type ReadStore } from '@bestendig/read-store';
import { PLACEMENT_EVENTS } from './apply-page';
import { fingerprintOf, type ProjectionSet } from './projection';

/** Events that are counted one by one when a build is behind; beyond it the lag is "at least". */
const COUNTED_MAX = 10_000;
const PAGE_EVENTS = 2_000;

export type ProjectionStatus = {
  readonly name: string;
  /** `kept`: the one before, for going back. */
  readonly state: 'live' | 'building' | 'kept';
  readonly schema: string;
  /** Fingerprint of folds, tables and policies. */
  readonly version: string;
  /** Whether this is the version that this program makes; another waits for a rebuild. */
  readonly isCurrentVersion: boolean;
  readonly position: Position | null;
  readonly appliedKnownTime: string | null;
  readonly appliedEvents: number;
  /** Placements whose events make a fold throw. */
  readonly quarantined: number;
  /** Null for a build that is kept: it is not followed up. */
  readonly lag: {
    readonly events: number;
    /** There are more than were counted. */
    readonly atLeast: boolean;
    /** How long the first event not applied has waited, at most. */
    readonly seconds: number;
  } | null;
  readonly builtAt: string;
  readonly liveSince: string | null;
};

/** How far each build of the read models is, the live one first. */
export async function statusOf(
  set: ProjectionSet,
  readStore: ReadStore,
  store: EventStore,
): Promise<readonly ProjectionStatus[]> {
  const builds = await generationsOf(readStore.pool, set.name);
  const ORDER = { live: 0, building: 1, kept: 2 } as const;
  const sorted = [...builds].sort((a, b) => ORDER[a.state] - ORDER[b.state]);
  return Promise.all(
    sorted.map(async ({ state, schema, fingerprint, position, builtAt, appliedAt, ...build }) => ({
      name: set.name,
      state,
      schema,
      version: fingerprint,
      isCurrentVersion: fingerprint === fingerprintOf(set),
      position,
      appliedKnownTime: build.appliedKnownTime,
      appliedEvents: build.appliedEvents,
      quarantined: build.quarantined,
      lag: state === 'kept' ? null : await lagOf(store, position, appliedAt ?? builtAt),
      builtAt,
      liveSince: build.liveSince,
    })),
  );
}

async function lagOf(
  store: EventStore,
  position: Position | null,
  appliedAt: string,
): Promise<NonNullable<ProjectionStatus['lag']>> {
  const first = await firstUnapplied(store, position);
  if (first === null) return { events: 0, atLeast: false, seconds: 0 };
  // An event imported as reported is years old when it is recorded: it waits since the last page at the longest.
  const since = Math.max(Date.parse(first.recordedAt), first.asReported ? Date.parse(appliedAt) : 0);
  const seconds = Math.max(0, (Date.now() - since) / 1_000);
  let events = 0;
  let from = position;
  while (events < COUNTED_MAX) {
    const page = await store.readAll(from, { filter: PLACEMENT_EVENTS, limit: PAGE_EVENTS });
    events += page.events.length;
    if (page.atHead || page.next === null) return { events, atLeast: false, seconds };
    from = page.next;
  }
  return { events, atLeast: true, seconds };
}

/** The first event that read models are folded from after a position. */
export async function firstUnapplied(store: EventStore, position: Position | null): Promise<RecordedEvent | null> {
  let from = position;
  for (;;) {
    const page = await store.readAll(from, { filter: PLACEMENT_EVENTS, limit: 1 });
    const first = page.events[0];
    if (first !== undefined) return first;
    if (page.atHead || page.next === null) return null;
    from = page.next;
  }
}

export type RebuildStatus = RebuildRecord & {
  /** Until the events are folded, at the rate so far; null where that is not known. Indexing and comparing come on top. */
  readonly secondsLeft: number | null;
};

/** The rebuilds that were asked for, the latest first. */
export async function rebuildStatusOf(
  set: ProjectionSet,
  readStore: ReadStore,
  limit: number,
): Promise<readonly RebuildStatus[]> {
  return (await rebuildsOf(readStore.pool, set.name, limit)).map((record) => {
    const { state, step, events, eventsInAll, eventsPerSecond } = record;
    const isFolding = state === 'running' && step === 'fold' && events !== null && eventsInAll !== null;
    const secondsLeft =
      isFolding && eventsPerSecond !== null && eventsPerSecond > 0
        ? Math.max(0, eventsInAll - events) / eventsPerSecond
        : null;
    return { ...record, secondsLeft };
  });
}
