import { openPool } from '@bestendig/postgres';
import type { Pool } from 'pg';
import { Conditions, SELECT_DELIVERY } from './columns';
import { sourcesBeginning } from './counted';
import { deadLettersOf, type DeadLetters } from './dead-letters';
import type { Delivery, DeliveryCount, DeliveryRow, Instant, Outcome } from './delivery';
import { migrateIntake } from './migrations';
import { summaryOf, type IntakeSummary, type SummaryFilter } from './summary';

/** Rows of one insert. */
const BATCH_ROWS = 1_000;
/** Rows of one page of a list, and one that tells that there are more. */
export const LIST_ROWS_MAX = 1_001;

export type DeliveryFilter = {
  readonly source?: string;
  /** Only sources that begin so: those of one organisation. */
  readonly sourcePrefix?: string;
  readonly outcome?: Outcome;
  readonly reason?: string;
  /** Only rows written before this one: `seen` of the last row of the page before. */
  readonly before?: string;
  readonly limit: number;
};

/** The ledger of deliveries: one row per delivery with its first outcome, written after the append. */
export type Intake = {
  /** Adds rows; of an origin that has one already the first is kept. Gives how many were added. */
  record(rows: readonly DeliveryRow[]): Promise<number>;
  /** Those of these origins that have a row, in no particular order. */
  byOrigins(origins: readonly string[]): Promise<readonly Delivery[]>;
  /** All deliveries of one message: the one that decided first, then what came after, duplicates last. `first` is null where there is none. */
  byMessage(source: string, messageId: string): Promise<{ readonly first: Delivery | null; readonly all: readonly Delivery[] }>;
  /** Counts by source, day of receipt and outcome, from a moment (inclusive) until another (exclusive). */
  counts(period?: { readonly from?: Instant; readonly until?: Instant }): Promise<readonly DeliveryCount[]>;
  /** What became of what was received on some days, by source. */
  summary(filter: SummaryFilter): Promise<IntakeSummary>;
  /** Newest first. */
  list(filter: DeliveryFilter): Promise<readonly Delivery[]>;
  readonly deadLetters: DeadLetters;
  close(): Promise<void>;
};

/** Lists go in as one text each, because unnest would take lists of lists apart. No pointer and no id holds this character. */
const SEPARATOR = '\u001f';

const INSERT = `insert into intake.delivery (origin, source, message_id, outcome, reason, fields, digest, placement_id, event_ids, recorded_at)
  select origin, source, message_id, outcome, reason, string_to_array(fields, E'\\x1f'), decode(digest, 'hex'), placement_id, string_to_array(event_ids, E'\\x1f')::uuid[], recorded_at
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::timestamptz[])
    with ordinality as given (origin, source, message_id, outcome, reason, fields, digest, placement_id, event_ids, recorded_at, place)
  order by place
  on conflict (origin) do nothing`;

/**
 * Opens the ledger in schema `intake` of a database, bringing the schema up to date first. It has its own connections:
 * end them with `close`.
 */
export async function openIntake(databaseUrl: string, { maxConnections = 4 }: { readonly maxConnections?: number } = {}): Promise<Intake> {
  await migrateIntake(databaseUrl);
  const pool = openPool({ databaseUrl, name: 'intake', maxConnections });
  return {
    record: (rows) => record(pool, rows),
    byOrigins: async (origins) => (await pool.query<Delivery>(`${SELECT_DELIVERY} where origin = any($1)`, [origins])).rows,
    byMessage: (source, messageId) => byMessage(pool, source, messageId),
    counts: (period = {}) => counts(pool, period),
    summary: (filter) => summaryOf(pool, filter),
    list: (filter) => list(pool, filter),
    deadLetters: deadLettersOf(pool),
    close: () => pool.end(),
  };
}

async function record(pool: Pool, rows: readonly DeliveryRow[]): Promise<number> {
  let added = 0;
  for (let at = 0; at < rows.length; at += BATCH_ROWS) {
    const result = await pool.query({ name: 'intake-record', text: INSERT, values: columnsOf(inOrder(rows.slice(at, at + BATCH_ROWS))) });
    added += result.rowCount ?? 0;
  }
  return added;
}

/** By delivery and number within it: two writers of the same rows then never wait for each other in a ring. */
function inOrder(rows: readonly DeliveryRow[]): readonly DeliveryRow[] {
  const keyed = rows.map((row) => {
    const [, delivery, number] = /^(.*?)(?:#(\d+))?$/s.exec(row.origin) ?? [];
    return { row, delivery: delivery ?? '', number: Number(number ?? 0) };
  });
  keyed.sort((a, b) => (a.delivery === b.delivery ? a.number - b.number : a.delivery < b.delivery ? -1 : 1));
  return keyed.map(({ row }) => row);
}

const columnsOf = (rows: readonly DeliveryRow[]): unknown[] => [
  rows.map(({ origin }) => origin),
  rows.map(({ source }) => source),
  rows.map(({ messageId }) => messageId),
  rows.map(({ outcome }) => outcome),
  rows.map(({ reason }) => reason),
  rows.map(({ fields }) => (fields ?? []).join(SEPARATOR)),
  rows.map(({ digest }) => digest),
  rows.map(({ placementId }) => placementId),
  rows.map(({ eventIds }) => eventIds.join(SEPARATOR)),
  rows.map(({ recordedAt }) => recordedAt),
];

async function byMessage(pool: Pool, source: string, messageId: string): Promise<{ readonly first: Delivery | null; readonly all: readonly Delivery[] }> {
  // A row that a crash left out is written later than those of its duplicates: a duplicate is never the first.
  const { rows } = await pool.query<Delivery>(`${SELECT_DELIVERY} where message_id = $1 and source = $2 order by (outcome = 'duplicate'), seen`, [messageId, source]);
  return { first: rows[0] ?? null, all: rows };
}

async function counts(pool: Pool, { from, until }: { readonly from?: Instant; readonly until?: Instant }): Promise<readonly DeliveryCount[]> {
  const { rows } = await pool.query<DeliveryCount>(
    `select source, to_char(received_at at time zone 'Europe/Amsterdam', 'YYYY-MM-DD') as day, outcome, reason, count(*)::float8 as count
     from intake.delivery where ($1::timestamptz is null or received_at >= $1) and ($2::timestamptz is null or received_at < $2)
     group by 1, 2, 3, 4 order by 2 desc, 1 nulls last, 3, 4 nulls first`,
    [from ?? null, until ?? null],
  );
  return rows;
}

async function list(pool: Pool, { source, sourcePrefix, outcome, reason, before, limit }: DeliveryFilter): Promise<readonly Delivery[]> {
  const where = new Conditions()
    .and('source = ?', source)
    .and('source ^@ ?', sourcePrefix)
    .and('source = any(?)', sourcePrefix === undefined ? undefined : await sourcesBeginning(pool, sourcePrefix))
    .and('outcome = ?', outcome)
    .and(`coalesce(reason, '') = ?`, reason)
    .and('seen < ?', before);
  const { rows } = await pool.query<Delivery>(`${SELECT_DELIVERY} where ${where.text} order by delivery.seen desc limit ${Math.min(limit, LIST_ROWS_MAX)}`, where.values);
  return rows;
}
