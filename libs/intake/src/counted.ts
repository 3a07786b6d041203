import { inTransaction } from '@bestendig/postgres';
import type { ClientBase, Pool } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { RECEIVED_DAY } from './columns';

/*
 * Counts by day, source, outcome and reason. To count millions of rows takes seconds, so rows are counted once, by
 * whoever asks, and never by those who write: one who writes waits for no other. What is not counted yet is counted
 * with each question: an answer is never behind.
 */

/** So few rows are counted with each question rather than once and for all. */
const TAIL_ROWS_MAX = 5_000;
/** Rows counted in one transaction: about half a second. */
const ROWS_AT_ONCE = 500_000;
/** One who writes for longer is not waited for: the tail is counted with the question. */
const WRITERS_MS_MAX = 250;
const POLL_MS = 5;

/**
 * Counts of a period of days, $1 to $2, of what a condition on `source` leaves; several of one key may come. $3 is the
 * last number that is counted, read before in the same snapshot: as a value, it is planned for.
 */
export const countsWhere = (condition: string): string => `
  select day, source, outcome, reason, deliveries, first_seen, last_seen from intake.day_count
  where day between $1::date and $2::date and ${condition}
  union all
  select ${RECEIVED_DAY}, source, outcome, reason, count(*), min(seen), max(seen) from intake.delivery
  where seen > $3::bigint and ${RECEIVED_DAY} between $1::date and $2::date and ${condition}
  group by 1, 2, 3, 4`;

/** The last number that is counted. */
export async function countedThrough(client: ClientBase | Pool): Promise<string> {
  const { rows } = await client.query<{ through: string }>('select through::text from intake.counted');
  return rows[0]?.through ?? '0';
}

/** With more names an index does no better than reading all. */
const NAMES_MAX = 200;

/** Sources that begin so, by their whole names, by which an index finds their rows; undefined where they are too many. */
export async function sourcesBeginning(pool: Pool, prefix: string): Promise<readonly string[] | undefined> {
  await countTail(pool);
  const { rows } = await pool.query<{ source: string }>(
    `select source from intake.day_count where source ^@ $1
     union select source from intake.delivery where seen > $2 and source ^@ $1 limit ${NAMES_MAX + 1}`,
    [prefix, await countedThrough(pool)],
  );
  return rows.length > NAMES_MAX ? undefined : rows.map(({ source }) => source);
}

/** Counts what was written since it was done last, where that is much. */
export async function countTail(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ last: string; waiting: number }>(
    `select last_value::text as last, (last_value - through)::float8 as waiting from intake.delivery_seen_seq, intake.counted`,
  );
  const [tail] = rows;
  if (tail === undefined || tail.waiting <= TAIL_ROWS_MAX || !(await writersAreDone(pool))) return;
  let left = tail.waiting;
  while (left > 0) left = await countSome(pool, tail.last);
}

/**
 * True once all who were writing are done: then every row up to the number read before is there, or never will be.
 * A writer holds this lock before it takes its numbers. `create index concurrently` waits in the same way.
 */
async function writersAreDone(pool: Pool): Promise<boolean> {
  const writers = async (): Promise<readonly string[]> => {
    const { rows } = await pool.query<{ writer: string }>(
      `select virtualtransaction as writer from pg_locks where locktype = 'relation' and mode = 'RowExclusiveLock'
         and relation = 'intake.delivery'::regclass and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows.map(({ writer }) => writer);
  };
  let waitedFor = await writers();
  const deadline = performance.now() + WRITERS_MS_MAX;
  while (waitedFor.length > 0) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
    const still = new Set(await writers());
    waitedFor = waitedFor.filter((writer) => still.has(writer));
  }
  return true;
}

/** Gives how many numbers are left to count. Whoever does the same waits here, and goes on where this one ended. */
async function countSome(pool: Pool, last: string): Promise<number> {
  const client = await pool.connect();
  try {
    return await inTransaction(client, async () => {
      const { rows } = await client.query<{ through: string; until: string; left: number }>(
        `select through::text, until::text, ($1::bigint - until)::float8 as left from (
           select through, greatest(through, least(through + ${ROWS_AT_ONCE}, $1::bigint)) as until from intake.counted for update) counted`,
        [last],
      );
      const { through = '0', until = '0', left = 0 } = rows[0] ?? {};
      await client.query(
        `insert into intake.day_count (day, source, outcome, reason, deliveries, first_seen, last_seen)
         select ${RECEIVED_DAY}, source, outcome, reason, count(*), min(seen), max(seen) from intake.delivery
         where seen > $1 and seen <= $2 group by 1, 2, 3, 4
         on conflict (source, day, outcome, reason) do update set deliveries = day_count.deliveries + excluded.deliveries,
           first_seen = least(day_count.first_seen, excluded.first_seen), last_seen = greatest(day_count.last_seen, excluded.last_seen)`,
        [through, until],
      );
      await client.query('update intake.counted set through = $1', [until]);
      return left;
    });
  } finally {
    client.release();
  }
}
