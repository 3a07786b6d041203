import { connect, inTransaction, isUnavailable } from '@bestendig/postgres';
import type { ClientBase, Pool } from 'pg';
import { ReadStoreError } from './errors';
import { migrateReadStore } from './migrations';

/** One build of a set of read models; its tables stand in schema `read_model_<number>`. */
export type Generation = {
  readonly number: number;
  readonly schema: string;
  /** Of everything that decides over the rows: another fingerprint needs a rebuild. */
  readonly fingerprint: string;
  readonly state: 'building' | 'live' | 'kept';
  /** Position of the last event looked at; null at the start of the log. */
  readonly position: string | null;
  /** Known time of the last event applied; null where none is. */
  readonly appliedKnownTime: string | null;
  /** The known time before it: all events of this one are applied, whatever may still come. */
  readonly knownTimeBefore: string | null;
  /** Known time of the first event whose recordedAt was taken from reportedAt (`import --as-reported`); null where none is. */
  readonly asReportedFrom: string | null;
  readonly appliedEvents: number;
  /** Placements whose fold throws: their rows are those of the events before. */
  readonly quarantined: number;
  readonly builtAt: string;
  readonly liveSince: string | null;
  /** When its checkpoint last moved, by the database's clock; null where it never did. */
  readonly appliedAt: string | null;
  readonly ownerEpoch: number;
};

/** A timestamptz as this system writes moments: UTC text with six decimals. */
export const instantText = (expression: string): string =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const SELECT = `
  select g.number, 'read_model_' || g.number as schema, g.fingerprint, g.state, g.position,
    ${instantText('g.applied_known_time')} as "appliedKnownTime", ${instantText('g.known_time_before')} as "knownTimeBefore",
    ${instantText('g.as_reported_from')} as "asReportedFrom",
    g.applied_events::float8 as "appliedEvents",
    (select count(*)::integer from read_store.quarantine q where q.generation = g.number) as quarantined, ${instantText('g.built_at')} as "builtAt", ${instantText('g.live_since')} as "liveSince",
    ${instantText('g.applied_at')} as "appliedAt",
    s.owner_epoch::float8 as "ownerEpoch"
  from read_store.generation g join read_store.projection_set s on s.name = g.set_name`;

export async function generationsOf(db: Pool | ClientBase, set: string): Promise<readonly Generation[]> {
  return (await db.query<Generation>(`${SELECT} where g.set_name = $1 order by g.number`, [set])).rows;
}

/** The build that answers questions now; null before the first. */
export async function liveGeneration(db: Pool | ClientBase, set: string): Promise<Generation | null> {
  return (
    (
      await db.query<Generation>({
        name: 'live_generation',
        text: `${SELECT} where g.number = s.live_generation and s.name = $1`,
        values: [set],
      })
    ).rows[0] ?? null
  );
}

export async function generation(db: Pool | ClientBase, number: number): Promise<Generation | null> {
  return (await db.query<Generation>(`${SELECT} where g.number = $1`, [number])).rows[0] ?? null;
}

/** Takes a build's lock until the transaction ends: no page is applied to it meanwhile. Gives it as it stands then. Readers are not held up. */
export async function lockGeneration(client: ClientBase, number: number): Promise<Generation | null> {
  await client.query('select from read_store.generation where number = $1 for update', [number]);
  // A statement of its own: it sees what was committed while this one waited for the lock.
  return generation(client, number);
}

/** Takes the set's lock until the transaction ends: nobody else makes, switches or drops its builds meanwhile. */
export async function lockSet(client: ClientBase, set: string): Promise<void> {
  await client.query('insert into read_store.projection_set (name) values ($1) on conflict do nothing', [set]);
  await client.query('select from read_store.projection_set where name = $1 for update', [set]);
}

/** A new, empty build; `createTables` makes its tables in the schema it is given. In the caller's transaction, under the set's lock. */
export async function createGeneration(
  client: ClientBase,
  options: {
    readonly set: string;
    readonly fingerprint: string;
    readonly createTables: (client: ClientBase, schema: string) => Promise<void>;
  },
): Promise<Generation> {
  const { rows } = await client.query<{ number: number }>(
    `insert into read_store.generation (set_name, fingerprint, state) values ($1, $2, 'building') returning number`,
    [options.set, options.fingerprint],
  );
  const made = rows[0] === undefined ? null : await generation(client, rows[0].number);
  if (made === null) throw new Error('A generation that was just made is not there.');
  await client.query(`create schema ${made.schema}`);
  await options.createTables(client, made.schema);
  return made;
}

/**
 * Answers come from this build from now on; the one before is kept for going back. In the caller's transaction, under the set's lock.
 *
 * @throws ReadStoreError `rebuildCancelled` where the build was removed meanwhile
 */
export async function makeLive(client: ClientBase, set: string, number: number): Promise<void> {
  await client.query(`update read_store.generation set state = 'kept' where set_name = $1 and state = 'live'`, [set]);
  const { rowCount } = await client.query(
    `update read_store.generation set state = 'live', live_since = now() where number = $1`,
    [number],
  );
  if (rowCount !== 1) throw new ReadStoreError('rebuildCancelled', 'The build that was to be live was removed.');
  await client.query('update read_store.projection_set set live_generation = $2 where name = $1', [set, number]);
}

/** A build that is not live is none any more; its tables go with {@link dropLeftOvers}. In the caller's transaction. */
export async function removeGeneration(client: ClientBase, number: number): Promise<void> {
  await client.query(`delete from read_store.generation where number = $1 and state <> 'live'`, [number]);
}

/** Where the log is another one from now on: no build of the set is left. */
export async function forgetBuilds(databaseUrl: string, set: string): Promise<void> {
  await migrateReadStore(databaseUrl);
  const client = await connect({ databaseUrl, name: 'forget builds' });
  try {
    await inTransaction(client, async () => {
      await lockSet(client, set);
      await client.query('update read_store.projection_set set live_generation = null where name = $1', [set]);
      await client.query('delete from read_store.generation where set_name = $1', [set]);
      await client.query('delete from read_store.rebuild where set_name = $1 and ended_at is null', [set]);
    });
    await dropLeftOvers(client);
  } finally {
    await client.end();
  }
}

/** Longer, and whoever waits behind it waits too. */
const DROP_WAIT_MS = 2_000;

/**
 * Drops the tables of builds that are none any more. Those that somebody still reads are left for the next time. In no
 * transaction: nothing but these tables may be held meanwhile.
 */
export async function dropLeftOvers(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname ~ '^read_model_[0-9]+$'
       and not exists (select from read_store.generation where 'read_model_' || number = nspname)`,
  );
  for (const { name } of rows) {
    await client.query(`set lock_timeout = ${DROP_WAIT_MS}`);
    try {
      await client.query(`drop schema if exists ${name} cascade`);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    } finally {
      await client.query('reset lock_timeout');
    }
  }
}
