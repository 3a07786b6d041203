import type { EventStore, Instant, Position } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import { inTransaction } from '@bestendig/postgres';
import { writeQuarantined } from '@bestendig/read-store';
import type { Client } from 'pg';
import { writeChangeSet } from './change-set';
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
};
export type PartDone = { readonly events: number };

type Piece = {
  readonly histories: readonly Omit<PlacementHistory, 'from'>[];
  readonly events: number;
  readonly asReportedFrom: Instant | null;
};

/** Folds one part of the plan into the build's tables, in one transaction: it is there whole or not at all. */
export function foldPart(where: Where, task: PartTask): Promise<PartDone> {
  const { schema, part } = task;
  return inTransaction(
    where.client,
    async () => (await doneBefore(where.client, schema, part)) ?? foldNow(where, task),
  );
}

type Where = { readonly set: ProjectionSet; readonly store: EventStore; readonly client: Client };

async function foldNow({ set, store, client }: Where, { generation, schema, part, upTo }: PartTask): Promise<PartDone> {
  const pieces = await piecesOf(client, schema, part);
  let events = 0;
  let asReportedFrom: Instant | null = null;
  let next = read(store, pieces[0] ?? [], upTo);
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = await next;
    // The next piece is read while this one is folded and written.
    next = read(store, pieces[index + 1] ?? [], upTo);
    next.catch(() => undefined);
    const { changes, quarantined } = foldSound(set, piece.histories);
    await writeChangeSet(client, set, schema, changes);
    await writeQuarantined(client, generation, quarantined);
    events += piece.events;
    asReportedFrom = earliest(asReportedFrom, piece.asReportedFrom);
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

async function read(store: EventStore, placements: readonly string[], upTo: Position): Promise<Piece> {
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

function earliest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
