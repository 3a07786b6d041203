import type { EventStore, Page } from '@bestendig/event-store';
import { connect } from '@bestendig/postgres';
import {
  advance,
  fenced,
  moveCheckpoint,
  progressed,
  writeQuarantineChange,
  type Generation,
  type Progress,
  type QuarantinedPlacement,
} from '@bestendig/read-store';
import type { Client } from 'pg';
import { writeChangeSet } from './change-set';
import type { KnownPlacements } from './known-placements';
import { foldAgain, foldPage, type FoldedPage } from './page-fold';
import type { ProjectionSet } from './projection';

/** What the read models are folded from. */
export const PLACEMENT_EVENTS = { categories: ['placement'] } as const;

/** A connection that looks rows up by key: on young tables without statistics the planner would read them whole. */
export function connectForWriting(databaseUrl: string): Promise<Client> {
  const settings =
    '-c timezone=UTC -c datestyle=ISO -c extra_float_digits=1 -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';
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
  const { client, generation, known } = target;
  const progress = progressOf(page);
  if (progress === null) return generation;
  const folded = await foldPage(page.events, target);
  const done = await advance(client, { from: generation, progress, apply: () => writeFolded(target, folded) });
  if (!done) return null;
  known.keep(folded.touched);
  return after(progressed(generation, progress), folded);
}

/** The same within the caller's transaction, which holds the build's lock. */
export async function applyPageLocked(target: Target, page: Page): Promise<Generation> {
  const { client, generation, known } = target;
  const progress = progressOf(page);
  if (progress === null) return generation;
  const folded = await foldPage(page.events, target);
  await writeFolded(target, folded);
  known.keep(folded.touched);
  return after(await moveCheckpoint(client, generation, progress), folded);
}

/** Folds placements in quarantine again, in a transaction of its own. Null as above. */
export async function applyAgain(target: Target, retried: readonly QuarantinedPlacement[]): Promise<Generation | null> {
  const folded = await foldAgain(retried, target);
  const done = await fenced(target.client, target.generation, () => writeFolded(target, folded));
  return done ? after(target.generation, folded) : null;
}

async function writeFolded({ client, set, generation }: Target, { changes, quarantine }: FoldedPage): Promise<void> {
  await writeChangeSet(client, set, generation.schema, changes);
  await writeQuarantineChange(client, generation.number, quarantine);
}

const after = (generation: Generation, { quarantinedMore }: FoldedPage): Generation =>
  quarantinedMore === 0 ? generation : { ...generation, quarantined: generation.quarantined + quarantinedMore };

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
