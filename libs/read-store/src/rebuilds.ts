import type { ClientBase, Pool } from 'pg';
import { ReadStoreError } from './errors';
import { instantText } from './generations';

/** Where a table of two builds does not hold the same rows. */
export type Difference = {
  readonly table: string;
  readonly liveRows: number;
  readonly builtRows: number;
  /** Of the parts of the table, how many differ. */
  readonly parts: string;
  /** Placements, or chains by their first placement, that differ: a few of them. */
  readonly examples: readonly string[];
};

/** What came of a rebuild: what it was compared with and where that differs, or why it failed. */
export type RebuildOutcome = {
  readonly events?: number;
  readonly compared?: string;
  readonly differences?: readonly Difference[];
  readonly schema?: string;
  readonly code?: string;
  readonly message?: string;
};

export type RebuildState =
  | 'requested'
  | 'running'
  /** Given up, or killed: it goes on where it was when it is run again. */
  | 'stopped'
  /** Made and compared: another version's rows differ from live, and somebody is to look at them. */
  | 'awaitsApproval'
  | 'switched'
  | 'verified'
  /** The same version gives other rows than live holds: nothing was switched. */
  | 'differs'
  | 'cancelled';

/** A rebuild that was asked for. Moments are UTC text with six decimals. */
export type RebuildRecord = {
  readonly number: number;
  readonly state: RebuildState;
  /** It compares and switches nothing. */
  readonly onlyVerify: boolean;
  /** Somebody agreed to rows that differ from live. */
  readonly approved: boolean;
  /** The projector carries it out; otherwise the command that began it. */
  readonly byProjector: boolean;
  /** Of the version that it is made by: another has nothing to do with it. */
  readonly fingerprint: string;
  readonly step: string | null;
  readonly events: number | null;
  /** As far as is known. */
  readonly eventsInAll: number | null;
  /** Since it was begun, or gone on with. */
  readonly eventsPerSecond: number | null;
  readonly result: RebuildOutcome | null;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  /** When it last told how far it is. */
  readonly toldAt: string | null;
  readonly endedAt: string | null;
};

const OPEN = `('requested', 'running', 'stopped', 'awaitsApproval')`;
const COLUMNS = `number, state, only_verify as "onlyVerify", approved, by_projector as "byProjector", fingerprint, step,
  events::float8 as events, events_in_all::float8 as "eventsInAll", events_per_second as "eventsPerSecond", result, ${instantText('requested_at')} as "requestedAt",
  ${instantText('started_at')} as "startedAt", ${instantText('told_at')} as "toldAt", ${instantText('ended_at')} as "endedAt"`;

/** The latest first. */
export async function rebuildsOf(db: Pool | ClientBase, set: string, limit: number): Promise<readonly RebuildRecord[]> {
  const text = `select ${COLUMNS} from read_store.rebuild where set_name = $1 order by number desc limit $2`;
  return (await db.query<RebuildRecord>(text, [set, limit])).rows;
}

/** A version of a set. */
export type Version = { readonly set: string; readonly fingerprint: string };

/** The one of this version that is not ended; null where there is none. */
export async function openRebuild(db: Pool | ClientBase, { set, fingerprint }: Version): Promise<RebuildRecord | null> {
  const text = `select ${COLUMNS} from read_store.rebuild where set_name = $1 and fingerprint = $2 and state in ${OPEN}`;
  return (await db.query<RebuildRecord>(text, [set, fingerprint])).rows[0] ?? null;
}

/** Those of all versions that are not ended. */
export async function openRebuilds(db: Pool | ClientBase, set: string): Promise<readonly RebuildRecord[]> {
  const text = `select ${COLUMNS} from read_store.rebuild where set_name = $1 and state in ${OPEN}`;
  return (await db.query<RebuildRecord>(text, [set])).rows;
}

/** Names the lock that whoever rebuilds a set holds: it dies with its session. */
export const rebuildLock = (set: string): string => `bestendig rebuild ${set}`;

type Asked = { readonly onlyVerify: boolean; readonly approved: boolean };

/**
 * Asks the projector for a rebuild. One that was stopped, or whose command was killed, is gone on with.
 *
 * @throws ReadStoreError `rebuildRunning` where one of this version runs, was asked for, or waits for approval
 */
export async function requestRebuild(
  db: Pool | ClientBase,
  { set, fingerprint }: Version,
  { onlyVerify, approved }: Asked,
): Promise<RebuildRecord> {
  await db.query('insert into read_store.projection_set (name) values ($1) on conflict do nothing', [set]);
  const { rows } = await db.query<RebuildRecord>(
    `with nobody as materialized (select pg_try_advisory_xact_lock(hashtextextended($5, 0)) as works)
     insert into read_store.rebuild (set_name, fingerprint, state, only_verify, approved, by_projector) values ($1, $2, 'requested', $3, $4, true)
     on conflict (set_name, fingerprint) where state in ${OPEN} do update set state = 'requested', only_verify = $3, approved = $4, by_projector = true
       where rebuild.state = 'stopped' or (rebuild.state = 'running' and not rebuild.by_projector and (select works from nobody))
     returning ${COLUMNS}`,
    [set, fingerprint, onlyVerify, approved, rebuildLock(set)],
  );
  const [asked] = rows;
  if (asked === undefined)
    throw new ReadStoreError('rebuildRunning', 'A rebuild runs, was asked for, or waits for approval already.');
  return asked;
}

/** Agrees to the differences that were found: a projector of that version switches. @throws ReadStoreError `nothingToApprove` */
export async function approveRebuild(db: Pool | ClientBase, { set, fingerprint }: Version): Promise<RebuildRecord> {
  const { rows } = await db.query<RebuildRecord>(
    `update read_store.rebuild set state = 'requested', approved = true, by_projector = true
     where set_name = $1 and fingerprint = $2 and state = 'awaitsApproval' returning ${COLUMNS}`,
    [set, fingerprint],
  );
  const [approved] = rows;
  if (approved !== undefined) return approved;
  const others = (await openRebuilds(db, set)).filter(({ state }) => state === 'awaitsApproval');
  const where = others.map(
    (one) => ` One of version ${one.fingerprint} does: approve it by that version of the program.`,
  );
  throw new ReadStoreError('nothingToApprove', `No rebuild of this version waits for approval.${where.join('')}`);
}

/**
 * A rebuild begins, or goes on: the one that is named, or the one of this version that is open, or a new one. Under the rebuild's lock.
 *
 * @throws ReadStoreError `rebuildCancelled` where the one that is named has ended, `rebuildRunning` where another waits
 * that only comparing would end
 */
export async function beginRebuild(
  client: ClientBase,
  { set, fingerprint }: Version,
  asked: Asked & { readonly byProjector: boolean; readonly record: number | null },
): Promise<RebuildRecord> {
  const begun =
    asked.record === null ? await beginOne(client, { set, fingerprint }, asked) : await goOn(client, asked.record);
  if (begun !== null) return begun;
  if (asked.record !== null)
    throw new ReadStoreError('rebuildCancelled', 'The rebuild was cancelled, or ended otherwise: live is as it is.');
  throw new ReadStoreError(
    'rebuildRunning',
    'A rebuild was asked for or waits for approval: approve or cancel it first.',
  );
}

async function goOn(client: ClientBase, record: number): Promise<RebuildRecord | null> {
  const { rows } = await client.query<RebuildRecord>(
    `update read_store.rebuild set state = 'running', started_at = clock_timestamp(), result = null
     where number = $1 and state in ${OPEN} returning ${COLUMNS}`,
    [record],
  );
  return rows[0] ?? null;
}

async function beginOne(
  client: ClientBase,
  { set, fingerprint }: Version,
  { onlyVerify, approved, byProjector }: Asked & { readonly byProjector: boolean },
): Promise<RebuildRecord | null> {
  // Approval is of one record, and given to the projector; who runs a command says it himself.
  const { rows } = await client.query<RebuildRecord>(
    `insert into read_store.rebuild (set_name, fingerprint, state, only_verify, approved, by_projector, started_at)
       values ($1, $2, 'running', $3, $4, $5, clock_timestamp())
     on conflict (set_name, fingerprint) where state in ${OPEN} do update set state = 'running', only_verify = $3, by_projector = $5,
       approved = $4 or (rebuild.approved and rebuild.by_projector and not $3), started_at = clock_timestamp(), result = null
       where not ($3 and rebuild.state in ('requested', 'awaitsApproval'))
     returning ${COLUMNS}`,
    [set, fingerprint, onlyVerify, approved, byProjector],
  );
  return rows[0] ?? null;
}

export type RebuildTold = Pick<RebuildRecord, 'step' | 'events' | 'eventsInAll' | 'eventsPerSecond'>;

/** How far it is. */
export async function tellRebuild(
  db: Pool | ClientBase,
  number: number,
  { step, events, eventsInAll, eventsPerSecond }: RebuildTold,
): Promise<void> {
  await db.query(
    `update read_store.rebuild set step = $2, events = $3, events_in_all = $4, events_per_second = $5, told_at = clock_timestamp() where number = $1 and state = 'running'`,
    [number, step, events, eventsInAll, eventsPerSecond],
  );
}

/** How it ended, or what it waits for (`running`: for a store to be there again). One that ended stays as it is. */
export async function endRebuild(
  db: Pool | ClientBase,
  number: number,
  state: Exclude<RebuildState, 'requested'>,
  result: RebuildOutcome | null,
): Promise<void> {
  await db.query(
    `update read_store.rebuild set state = $2, result = $3, events = coalesce($4, events), told_at = clock_timestamp(),
       ended_at = case when $2 in ('running', 'stopped', 'awaitsApproval') then null else clock_timestamp() end
     where number = $1 and state in ${OPEN}`,
    [number, state, result === null ? null : JSON.stringify(result), result?.events ?? null],
  );
}
