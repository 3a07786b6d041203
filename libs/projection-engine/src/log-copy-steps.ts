import { rmSync } from 'node:fs';
import { EventStoreError, type EventStore, type Page, type RecordedEvent } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import type { ClientBase } from 'pg';
import { PLACEMENT_EVENTS } from './apply-page';
import {
  BUCKETS,
  bucketsIn,
  CANDIDATES,
  listsIn,
  partsIn,
  PLACEMENTS,
  readCopyState,
  writeCopyState,
} from './log-copy';
import { divide, EventWriter, keyOfPlacement } from './log-copy-events';
import { blocksOf, codedCopyError, fileOf, NumberedFiles } from './log-copy-files';
import { placementOfStream, uuidOrNull } from './opaque-ids';
import { namedCandidates } from './persons';
import { CANDIDATE_TYPES } from './rebuild-plan';

/** One step of making a copy: short, and told of in the copy's state when it is done. What a kill loses is one step. */
export type LogCopyTask = { readonly folder: string } & (
  { readonly step: 'copy' } | { readonly step: 'divide'; readonly schema: string }
);
export type LogCopyDone = { readonly isLast: boolean; readonly events: number };

export type CopyLimits = { readonly pageEvents: number; readonly stepEvents: number };
const LIMITS: CopyLimits = { pageEvents: 5_000, stepEvents: 50_000 };
const STEP_BUCKETS = 8;

/** @throws LogCopyError, or EventStoreError `brokenChain` where an event is not what was recorded */
export async function copyStep(
  { store, client }: { readonly store: EventStore; readonly client: ClientBase },
  task: LogCopyTask,
  limits = LIMITS,
): Promise<LogCopyDone> {
  try {
    return task.step === 'copy' ? await copyMore(store, task.folder, limits) : await divideMore(client, task);
  } catch (error) {
    throw codedCopyError(error);
  }
}

/** Reads on from where the copy ends, and divides what folds need over files by placement. */
async function copyMore(store: EventStore, folder: string, limits: CopyLimits): Promise<LogCopyDone> {
  const state = readCopyState(folder);
  if (state.isCopied) return { isLast: true, events: state.events };
  const buckets = new NumberedFiles(bucketsIn(folder), state.buckets);
  const lists = new NumberedFiles(listsIn(folder), state.lists);
  const writer = new EventWriter();
  const read = (from: Page['next']): Promise<Page> =>
    store.readAll(from, { filter: PLACEMENT_EVENTS, limit: limits.pageEvents, verify: true });
  let { copiedTo, events } = state;
  let isCopied: boolean = state.isCopied;
  let next = read(copiedTo);
  for (let looked = 0, goesOn = true; goesOn;) {
    const page = await next;
    copiedTo = page.next ?? copiedTo;
    isCopied = copiedTo !== null && store.comparePositions(copiedTo, state.upTo) >= 0;
    if (page.atHead && !isCopied)
      throw new EventStoreError('unavailable', 'The event store does not show all of its log now.');
    looked += page.events.length;
    goesOn = !isCopied && looked < limits.stepEvents;
    // The next page is on its way while this one is copied.
    if (goesOn) next = read(copiedTo);
    next.catch(() => undefined);
    // Only the last page can go beyond.
    const isUpTo = ({ position }: RecordedEvent): boolean =>
      !isCopied || store.comparePositions(position, state.upTo) <= 0;
    for (const event of page.events) if (isUpTo(event) && copyEvent(event, { buckets, lists, writer })) events += 1;
  }
  buckets.flush();
  lists.flush();
  writeCopyState(folder, { ...state, copiedTo, events, isCopied, buckets: buckets.lengths, lists: lists.lengths });
  return { isLast: isCopied, events };
}

const NAMING: ReadonlySet<string> = new Set(CANDIDATE_TYPES);

type Copying = { readonly buckets: NumberedFiles; readonly lists: NumberedFiles; readonly writer: EventWriter };

/** False for what is of no placement. */
function copyEvent(event: RecordedEvent, { buckets, lists, writer }: Copying): boolean {
  const placement = placementOfStream(event.stream);
  if (placement === null) return false;
  buckets.add(bucketOf(placement), writer.record(placement, event));
  if (event.revision === 0) lists.add(PLACEMENTS, Buffer.from(`${placement}\n`));
  if (!NAMING.has(event.type)) return true;
  for (const candidate of namedCandidates([toPlacementEvent(event)]))
    if (uuidOrNull(candidate) !== null) lists.add(CANDIDATES, Buffer.from(`${placement}\t${candidate}\n`));
  return true;
}

const bucketOf = (placement: string): number => Number.parseInt(placement.slice(0, 2), 16) >> 2;

/** A list of the copy, in pieces of text. */
export function* listIn(folder: string, list: typeof PLACEMENTS | typeof CANDIDATES): Generator<string> {
  const { lists } = readCopyState(folder);
  for (const block of blocksOf(fileOf(listsIn(folder), list), lists[list] ?? 0)) yield block.toString();
}

/** Before the first bucket is divided: how many parts the plan has. In the caller's session. */
export async function beginDividing(client: ClientBase, folder: string, schema: string): Promise<void> {
  const state = readCopyState(folder);
  if (state.parts.length > 0) return;
  await client.query(`create index if not exists rebuild_placement_by_id on ${schema}.rebuild_placement (placement)`);
  const { rows } = await client.query<{ parts: number }>(
    `select coalesce(max(number), 0) + 1 as parts from ${schema}.rebuild_part`,
  );
  writeCopyState(folder, { ...state, parts: new Array<number>(rows[0]?.parts ?? 1).fill(0) });
}

/** Divides the files by placement over files by part of the plan, in which a person's placements are together. */
async function divideMore(
  client: ClientBase,
  { folder, schema }: { readonly folder: string; readonly schema: string },
): Promise<LogCopyDone> {
  let state = readCopyState(folder);
  for (const until = state.dividedBuckets + STEP_BUCKETS; state.dividedBuckets < Math.min(until, BUCKETS);) {
    const bucket = state.dividedBuckets;
    const numberOf = await partsOfBucket(client, schema, bucket);
    const file = fileOf(bucketsIn(folder), bucket);
    const blocks = blocksOf(file, state.buckets[bucket] ?? 0);
    state = {
      ...state,
      dividedBuckets: bucket + 1,
      parts: divide(blocks, { ...partsIn(folder), lengths: state.parts, numberOf }),
    };
    writeCopyState(folder, state);
    rmSync(file, { force: true });
  }
  return { isLast: state.dividedBuckets === BUCKETS, events: state.events };
}

/** By the placement's key. As many as a bucket has. */
async function partsOfBucket(client: ClientBase, schema: string, bucket: number): Promise<ReadonlyMap<string, number>> {
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  const { rows } = await client.query<{ placement: string; part: number }>(
    `select placement, part from ${schema}.rebuild_placement where placement between $1 and $2`,
    [
      `${hex(bucket << 2)}000000-0000-0000-0000-000000000000`,
      `${hex((bucket << 2) + 3)}ffffff-ffff-ffff-ffff-ffffffffffff`,
    ],
  );
  return new Map(rows.map(({ placement, part }) => [keyOfPlacement(placement), part]));
}
