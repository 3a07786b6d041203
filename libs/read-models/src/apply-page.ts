import type { EventStore, Page } from '@bestendig/event-store';
import { advance, moveCheckpoint, progressed, type Generation, type Progress } from '@bestendig/read-store';
import { Client } from 'pg';
import { writeChangeSet } from './change-set';
import type { KnownPlacements } from './known-placements';
import { foldPage } from './page-fold';

/** What the read models are folded from. */
export const PLACEMENT_EVENTS = { categories: ['placement'] } as const;

/** A connection that looks rows up by key: on young tables without statistics the planner would read them whole. */
export async function connectForWriting(databaseUrl: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'bestendig-projector' });
  // What a lost connection makes fail is the query that waits on it; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(
    `set timezone = 'UTC'; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off`,
  );
  return client;
}

/** What is written to: a build as it stands, through one connection, with what was read for it before. */
export type Target = {
  readonly client: Client;
  readonly store: EventStore;
  readonly generation: Generation;
  readonly known: KnownPlacements;
};

/** Folds a page and writes it with the checkpoint. Null where the build no longer stands where it was believed to: nothing was written. */
export async function applyPage(target: Target, page: Page): Promise<Generation | null> {
  const { client, generation, known } = target;
  const progress = progressOf(page);
  if (progress === null) return generation;
  const { changes, touched } = await foldPage(page.events, target);
  const done = await advance(client, {
    from: generation,
    progress,
    apply: () => writeChangeSet(client, generation.schema, changes),
  });
  if (!done) return null;
  known.keep(touched);
  return progressed(generation, progress);
}

/** The same within the caller's transaction, which holds the build's lock. */
export async function applyPageLocked(target: Target, page: Page): Promise<Generation> {
  const { client, generation, known } = target;
  const progress = progressOf(page);
  if (progress === null) return generation;
  const { changes, touched } = await foldPage(page.events, target);
  await writeChangeSet(client, generation.schema, changes);
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
