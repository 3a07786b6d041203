import { isConnectionLost } from '@bestendig/postgres';
import type { Client } from 'pg';
import { EventStoreError } from '../port';
import { AppendConnection } from '../postgres/append-connection';
import { allAnswers, type LockLimits } from '../postgres/connection';

/** How the log ended when its last holder let go of it. Times in microseconds since 1970. */
export type LogRow = {
  readonly term: number;
  readonly lastRecordedUs: bigint | null;
  /** True where the last event is a promise of settledThrough. */
  readonly promised: boolean;
  readonly running: string | null;
  readonly restoring: string | null;
};

export const CHANNEL = 'event_log_appended';
/** Nothing is sent by a holder that has not heard from its lock for so long: it may have lost it while it stood still. */
const SURE_MS = 2_000;

type RowOfLog = [databaseId: string, turn: string, sameServer: boolean, term: number, lastRecordedUs: string | null, promised: boolean, running: string | null, restoring: string | null];
const LOCK = `select database_id, turn, server_started = pg_postmaster_start_time(), term, last_recorded_us, promised, running, restoring from event_log.log where one_row for update`;
// After the lock: a statement sees what was so when it began.
const LOOK = `select case when is_called then last_value else 0 end, event_log.clock_us() from event_log.turn`;
const KEEP = `update event_log.log set turn = $1, server_started = pg_postmaster_start_time(), term = $2, last_recorded_us = $3, promised = $4, running = $5, restoring = $6`;

/** The log while its lock is held. */
export class HeldLog {
  turnTaken = false;
  private sureAtMs: number;
  private asking: Promise<void> | null = null;
  /** True once the turn was kept. */
  ended = false;

  constructor(
    readonly client: Client,
    readonly row: LogRow,
    readonly databaseId: string,
    /** Microseconds since 1970, by the clock that all writers share. */
    readonly nowUs: bigint,
    /** The last turn that was taken, by whoever. */
    private turn: bigint,
    /** False where the holder before left something in doubt. */
    readonly clean: boolean,
    sinceMs: number,
  ) {
    this.sureAtMs = sinceMs;
  }

  get turnNow(): bigint {
    return this.turn;
  }

  /** To be called before anything is sent to the EventStoreDB, each time. @throws where the lock may be lost. */
  beSure(): Promise<void> {
    if (this.turnTaken && performance.now() - this.sureAtMs < SURE_MS) return Promise.resolve();
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  private async ask(): Promise<void> {
    const askedAtMs = performance.now();
    const { rows } = await this.client.query<[turn: string]>({ rowMode: 'array', text: this.turnTaken ? 'select last_value from event_log.turn' : `select nextval('event_log.turn')` });
    const turn = BigInt(rows[0]?.[0] ?? 0);
    if (this.turnTaken && turn !== this.turn) throw new EventStoreError('unavailable', 'The lock on the event log was lost.');
    this.turn = turn;
    this.turnTaken = true;
    this.sureAtMs = askedAtMs;
  }

  /** Writes down that this turn ended with everything known, lets go of the lock, and wakes those who follow the log. @throws where that is in doubt. */
  async keep(row: LogRow, options: { readonly wake?: boolean } = {}): Promise<void> {
    if (!this.turnTaken) await this.beSure();
    const values = [this.turn, row.term, row.lastRecordedUs, row.promised, row.running, row.restoring];
    await allAnswers([
      this.client.query({ name: 'keep-log', text: KEEP, values }),
      ...(options.wake === false ? [] : [this.client.query(`select pg_notify('${CHANNEL}', '')`)]),
      this.client.query('commit'),
    ]);
    this.ended = true;
  }

  /** Writes down what is under way, and lets go of the lock. Says nothing of what was left in doubt. */
  async note(underWay: { readonly running: string | null; readonly restoring: string | null }, ...statements: readonly { readonly text: string; readonly values: unknown[] }[]): Promise<void> {
    await allAnswers([
      ...statements.map((statement) => this.client.query(statement)),
      this.client.query('update event_log.log set running = $1, restoring = $2', [underWay.running, underWay.restoring]),
      this.client.query('commit'),
    ]);
    this.ended = true;
  }
}

/** The short lock that only appends take: a row in PostgreSQL. One connection, one holder in this process at a time. */
export class EventLogLock {
  private readonly connection: AppendConnection;

  constructor(databaseUrl: string, limits: LockLimits) {
    this.connection = new AppendConnection(databaseUrl, limits);
  }

  /** Runs `work` under the lock; what it does not keep is rolled back. @throws what the connection or the work throws; the lock is free then. */
  withLock<T>(work: (log: HeldLog) => Promise<T>): Promise<T> {
    const { connection } = this;
    return connection.inTurn(async (client) => {
      let log: HeldLog | null = null;
      try {
        log = await lock(client);
        return await work(log);
      } catch (error) {
        if (isConnectionLost(error)) connection.forget(client);
        throw error;
      } finally {
        if (log?.ended !== true && connection.isInUse(client)) await client.query('rollback').catch(() => connection.forget(client));
      }
    });
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

async function lock(client: Client): Promise<HeldLog> {
  const [, heads, looks] = await allAnswers([
    client.query('begin'),
    client.query<RowOfLog>({ name: 'lock-log', rowMode: 'array', text: LOCK }),
    client.query<[turn: string, nowUs: string]>({ name: 'look-log', rowMode: 'array', text: LOOK }),
  ]);
  const [head, look] = [heads.rows[0], looks.rows[0]];
  // Somebody emptied the database under us: opened again, the row is made anew.
  if (head === undefined || look === undefined) throw new EventStoreError('unavailable', 'What the database keeps beside the event log is gone.');
  const [databaseId, turn, sameServer, term, lastRecordedUs, promised, running, restoring] = head;
  const row = { term, lastRecordedUs: lastRecordedUs === null ? null : BigInt(lastRecordedUs), promised, running, restoring };
  return new HeldLog(client, row, databaseId, BigInt(look[1]), BigInt(look[0]), sameServer && BigInt(turn) === BigInt(look[0]), performance.now());
}
