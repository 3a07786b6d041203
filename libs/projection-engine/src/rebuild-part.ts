import type { EventStore, Instant, Position } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import { inTransaction } from '@bestendig/postgres';
import { writeQuarantined } from '@bestendig/read-store';
import type { Client } from 'pg';
import { writeChangeSet, type ChangeSet } from './change-set';
import { CopiedPieces, earliest, type CopiedPart, type Piece } from './copied-part';
import type { PlacementHistory } from './fold';
import { foldLargeGroup, type Told } from './large-group';
import { makeWay } from './making-way';
import { streamOfPlacement } from './opaque-ids';
import type { ProjectionSet } from './projection';
import { foldSound } from './quarantine';

/**
 * Placements that are read, folded and written at a time; larger pieces are not faster, and whoever asks a question
 * meanwhile waits longer for the processor. A person's are in one piece.
 */
const PIECE_PLACEMENTS = 100;
/** Persons who have more together are folded in slices of so many. */
const SLICE_PLACEMENTS = 500;

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
  const { pieces, large } = await groupsOf(client, schema, part);
  const slices = large.flat();
  if (copy !== undefined) source.copied = new CopiedPieces(copy, part, [...pieces, ...slices]);
  const { copied } = source;
  const readPiece = async (index: number): Promise<Piece> =>
    copied?.read(index) ?? read(store, pieces[index] ?? slices[index - pieces.length] ?? [], upTo);
  let rested = performance.now();
  const write = async (changes: ChangeSet): Promise<void> => {
    await writeChangeSet(client, set, schema, changes);
    await makeWay(client, performance.now() - rested);
    rested = performance.now();
  };
  let told: Told = NOTHING_TOLD;
  let next: Promise<Piece> | null = null;
  for (const index of pieces.keys()) {
    const piece: Piece = await (next ?? readPiece(index));
    // The next piece is read from the store while this one is folded and written.
    next = copied === undefined && index + 1 < pieces.length ? readPiece(index + 1) : null;
    next?.catch(() => undefined);
    const { changes, quarantined } = foldSound(set, piece.histories);
    await write(changes);
    await writeQuarantined(client, generation, quarantined);
    told = toldWith(told, piece);
  }
  let first = pieces.length;
  for (const { length: count } of large) {
    const from = first;
    first += count;
    await client.query('savepoint large_group');
    const undo = async (): Promise<void> => void (await client.query('rollback to savepoint large_group'));
    const done = await foldLargeGroup(set, { count, read: (index) => readPiece(from + index) }, { write, undo });
    await writeQuarantined(client, generation, done.quarantined);
    told = toldWith(told, done);
  }
  const { events, asReportedFrom } = told;
  await client.query(
    `update ${schema}.rebuild_part set done = true, events = $2, as_reported_from = $3 where number = $1`,
    [part, events, asReportedFrom],
  );
  return { events };
}

const NOTHING_TOLD: Told = { events: 0, asReportedFrom: null };
const toldWith = (one: Told, other: Told): Told => ({
  events: one.events + other.events,
  asReportedFrom: earliest(one.asReportedFrom, other.asReportedFrom),
});

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

type Groups = {
  /** Of whole groups each. */
  readonly pieces: readonly (readonly string[])[];
  /** Each in slices. */
  readonly large: readonly (readonly (readonly string[])[])[];
};

/** The part's placements in groups that have nothing to do with each other. */
async function groupsOf(client: Client, schema: string, part: number): Promise<Groups> {
  const { rows } = await client.query<{ person: string; placement: string }>(
    `select person, placement from ${schema}.rebuild_placement where part = $1 order by person, placement`,
    [part],
  );
  const byPerson = new Map<string, string[]>();
  for (const { person, placement } of rows) {
    const own = byPerson.get(person);
    if (own === undefined) byPerson.set(person, [placement]);
    else own.push(placement);
  }
  const large: string[][][] = [];
  const pieces: string[][] = [];
  for (const own of byPerson.values()) {
    const piece = pieces.at(-1);
    if (own.length > SLICE_PLACEMENTS) large.push(slicesOf(own));
    else if (piece === undefined || piece.length >= PIECE_PLACEMENTS) pieces.push(own);
    else piece.push(...own);
  }
  return { pieces, large };
}

function slicesOf(placements: readonly string[]): string[][] {
  const slices: string[][] = [];
  for (let at = 0; at < placements.length; at += SLICE_PLACEMENTS)
    slices.push(placements.slice(at, at + SLICE_PLACEMENTS));
  return slices;
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
