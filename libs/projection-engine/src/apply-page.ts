import type { EventStore, Page } from '@bestendig/event-store';
import { connect } from '@bestendig/postgres';
import { advance, moveCheckpoint, progressed, type Generation, type Progress } from '@bestendig/read-store';
import type { Client } from 'pg';
import { writeChangeSet } from './change-set';
import type { KnownPlacements } from './known-placements';
import { foldPage } from './page-fold';
import type { ProjectionSet } from './projection';

/** What the read models are folded from. */
export const PLACEMENT_EVENTS = { categories: ['placement'] } as const;

/** A connection that looks rows up by key: on young tables without statistics the planner would read them whole. */
export function connectForWriting(databaseUrl: string): Promise<Client> {
  const settings = '-c timezone=UTC -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';
  return connect({ databaseUrl, name: 'projector', settings });
}

/** What is written to: a build as it stands, through one connection, with what was read for it before. */
export type Target = {
  readonly set: ProjectionSet;
  readonly client: Client;
  readonly store: EventStore;
  readonly generation: Generation;
  readonly known: KnownPlacements;
};

/** Folds a page and writes it with the checkpoint. Null where the build no longer stands where it was believed to: nothing was written. */
export async function applyPage(target: Target, page: Page): Promise<Generation | null> {
  const { client, set, generation, known } = target;
  const progress = progressOf(page);
  if (progress === null) return generation;
  const { changes, touched } = await foldPage(page.events, target);
  const done = await advance(client, {
    from: generation,
    progress,
    apply: () => writeChangeSet(client, set, generation.schema, changes),
  });
  if (!done) return null;
  known.keep(touched);
  return progressed(generation, progress);
}

/** The same within the caller's transaction, which holds the build's lock. */
export async function applyPageLocked(target: Target, page: Page): Promise<Generation> {
  const { client, set, generation, known } = target;
  const progress = progressOf(page);
  if (progress === null) return generation;
  const { changes, touched } = await foldPage(page.events, target);
  await writeChangeSet(client, set, generation.schema, changes);
  known.keep(touched);
  return moveCheckpoint(client, generation, progress);
}

/** Null where nothing was looked at. */
function progressOf({ events, next }: Page): Progress | null {
  if (next === null) return null;
  const knownTimes: string[] = [];
  for (const { knownTime } of events) if (knownTimes.at(-1) !== knownTime) knownTimes.push(knownTime);
  return {
    position: next,
    events: events.length,
    knownTimes,
    asReportedFrom: events.find(({ asReported }) => asReported)?.knownTime ?? null,
  };
}
