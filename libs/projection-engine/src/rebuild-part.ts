import type { EventStore, Instant, Position } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import { inTransaction } from '@bestendig/postgres';
import { writeQuarantined } from '@bestendig/read-store';
import type { Client } from 'pg';
import { writeChangeSet } from './change-set';
import { CopiedPieces, earliest, type CopiedPart, type Piece } from './copied-part';
import type { PlacementHistory } from './fold';
import { streamOfPlacement } from './opaque-ids';
import type { ProjectionSet } from './projection';
import { foldSound } from './quarantine';

/** Placements that are read, folded and written at a time; a person's are never split. */
const PIECE_PLACEMENTS = 500;

/** What another thread needs to know to fold one part of a rebuild. */
export type PartTask = {
  readonly generation: number;
  readonly schema: string;
  readonly part: number;
  readonly upTo: Position;
  /** Unless given it is read from the store. */
  readonly copy?: CopiedPart;
};
export type PartDone = { readonly events: number };

/** Folds one part of the plan into the build's tables, in one transaction: it is there whole or not at all. */
export async function foldPart(where: Where, task: PartTask): Promise<PartDone> {
  const { schema, part } = task;
  const source: { copied?: CopiedPieces } = {};
  const done = await inTransaction(
    where.client,
    async () => (await doneBefore(where.client, schema, part)) ?? foldNow(where, task, source),
  );
  source.copied?.remove();
  return done;
}

/** The store may be null where the part was copied. */
type Where = { readonly set: ProjectionSet; readonly store: EventStore | null; readonly client: Client };

async function foldNow(
  { set, store, client }: Where,
  { generation, schema, part, upTo, copy }: PartTask,
  source: { copied?: CopiedPieces },
): Promise<PartDone> {
  const pieces = await piecesOf(client, schema, part);
  if (copy !== undefined) source.copied = new CopiedPieces(copy, part, pieces);
  const { copied } = source;
  const readPiece = async (index: number): Promise<Piece> =>
    copied?.read(index) ?? read(store, pieces[index] ?? [], upTo);
  let events = 0;
  let asReportedFrom: Instant | null = null;
  let next = readPiece(0);
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = await next;
    // The next piece is read from the store while this one is folded and written.
    if (copied === undefined) next = readPiece(index + 1);
    next.catch(() => undefined);
    const { changes, quarantined } = foldSound(set, piece.histories);
    await writeChangeSet(client, set, schema, changes);
    await writeQuarantined(client, generation, quarantined);
    events += piece.events;
    asReportedFrom = earliest(asReportedFrom, piece.asReportedFrom);
    if (copied !== undefined && index + 1 < pieces.length) next = readPiece(index + 1);
  }
  await client.query(
    `update ${schema}.rebuild_part set done = true, events = $2, as_reported_from = $3 where number = $1`,
    [part, events, asReportedFrom],
  );
  return { events };
}

/** A part is folded by one at a time, and once: who comes second, after a kill or a lost lock, finds it done. */
async function doneBefore(client: Client, schema: string, part: number): Promise<PartDone | null> {
  const { rows } = await client.query<{ done: boolean; events: number }>(
    `select done, coalesce(events, 0)::float8 as events from ${schema}.rebuild_part where number = $1 for update`,
    [part],
  );
  return rows[0]?.done === true ? { events: rows[0].events } : null;
}

/** Folds placements and writes nothing. @returns how many events they have */
export async function foldHistories(
  set: ProjectionSet,
  store: EventStore,
  placements: readonly string[],
  upTo: Position,
): Promise<number> {
  const { histories, events } = await read(store, placements, upTo);
  foldSound(set, histories);
  return events;
}

async function piecesOf(client: Client, schema: string, part: number): Promise<readonly (readonly string[])[]> {
  const { rows } = await client.query<{ person: string; placement: string }>(
    `select person, placement from ${schema}.rebuild_placement where part = $1 order by person, placement`,
    [part],
  );
  const pieces: string[][] = [];
  let before: string | null = null;
  for (const { person, placement } of rows) {
    const piece = pieces.at(-1);
    if (piece === undefined || (person !== before && piece.length >= PIECE_PLACEMENTS)) pieces.push([placement]);
    else piece.push(placement);
    before = person;
  }
  return pieces;
}

async function read(store: EventStore | null, placements: readonly string[], upTo: Position): Promise<Piece> {
  if (store === null) throw new Error('A part that was not copied is read from the store.');
  const streams = await store.readStreams(placements.map(streamOfPlacement));
  const histories: Omit<PlacementHistory, 'from'>[] = [];
  let count = 0;
  let asReportedFrom: Instant | null = null;
  for (const placementId of placements) {
    const told = streams.get(streamOfPlacement(placementId)) ?? [];
    const events = told.filter(({ position }) => store.comparePositions(position, upTo) <= 0);
    if (events.length === 0) continue;
    count += events.length;
    asReportedFrom = earliest(asReportedFrom, events.find(({ asReported }) => asReported)?.knownTime ?? null);
    histories.push({ placementId, events: events.map(toPlacementEvent) });
  }
  return { histories, events: count, asReportedFrom };
}
