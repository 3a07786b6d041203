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
  /** Of the definitions that it is made by; null before it runs. */
  readonly fingerprint: string | null;
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

/** The one that is not ended; null where there is none. */
export async function openRebuild(db: Pool | ClientBase, set: string): Promise<RebuildRecord | null> {
  const text = `select ${COLUMNS} from read_store.rebuild where set_name = $1 and state in ${OPEN}`;
  return (await db.query<RebuildRecord>(text, [set])).rows[0] ?? null;
}

type Asked = { readonly onlyVerify: boolean; readonly approved: boolean };

/**
 * Asks the projector for a rebuild. One that was stopped is gone on with.
 *
 * @throws ReadStoreError `rebuildRunning` where one runs, was asked for, or waits for approval
 */
export async function requestRebuild(
  db: Pool | ClientBase,
  set: string,
  { onlyVerify, approved }: Asked,
): Promise<RebuildRecord> {
  await db.query('insert into read_store.projection_set (name) values ($1) on conflict do nothing', [set]);
  const { rows } = await db.query<RebuildRecord>(
    `insert into read_store.rebuild (set_name, state, only_verify, approved, by_projector) values ($1, 'requested', $2, $3, true)
     on conflict (set_name) where state in ${OPEN} do update set state = 'requested', only_verify = $2, approved = $3, by_projector = true
       where rebuild.state = 'stopped'
     returning ${COLUMNS}`,
    [set, onlyVerify, approved],
  );
  const [asked] = rows;
  if (asked === undefined)
    throw new ReadStoreError('rebuildRunning', 'A rebuild runs, was asked for, or waits for approval already.');
  return asked;
}

/** Agrees to the differences that were found: the projector switches. @throws ReadStoreError `nothingToApprove` */
export async function approveRebuild(db: Pool | ClientBase, set: string): Promise<RebuildRecord> {
  const { rows } = await db.query<RebuildRecord>(
    `update read_store.rebuild set state = 'requested', approved = true, by_projector = true
     where set_name = $1 and state = 'awaitsApproval' returning ${COLUMNS}`,
    [set],
  );
  const [approved] = rows;
  if (approved === undefined) throw new ReadStoreError('nothingToApprove', 'No rebuild waits for approval.');
  return approved;
}

/** A rebuild begins, or goes on: the one that is open, or a new one. Under the rebuild's lock. */
export async function beginRebuild(
  client: ClientBase,
  set: string,
  { onlyVerify, approved, byProjector, fingerprint }: Asked & Pick<RebuildRecord, 'byProjector' | 'fingerprint'>,
): Promise<RebuildRecord> {
  const { rows } = await client.query<RebuildRecord>(
    `insert into read_store.rebuild (set_name, state, only_verify, approved, by_projector, fingerprint, started_at)
       values ($1, 'running', $2, $3, $4, $5, clock_timestamp())
     on conflict (set_name) where state in ${OPEN} do update set state = 'running', only_verify = $2, by_projector = $4, fingerprint = $5,
       approved = $3 or (rebuild.approved and coalesce(rebuild.fingerprint, $5) = $5),
       started_at = clock_timestamp(), result = null
     returning ${COLUMNS}`,
    [set, onlyVerify, approved, byProjector, fingerprint],
  );
  const [begun] = rows;
  if (begun === undefined) throw new Error('A rebuild that was just noted is not there.');
  return begun;
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
    `update read_store.rebuild set state = $2, result = $3, told_at = clock_timestamp(),
       ended_at = case when $2 in ('running', 'stopped', 'awaitsApproval') then null else clock_timestamp() end
     where number = $1 and state in ${OPEN}`,
    [number, state, result === null ? null : JSON.stringify(result)],
  );
}
