import { settledAt } from '../append-rules';
import { AppendQueue } from '../append-queue';
import { followLog } from '../following';
import { EventStoreError, type EventStore, type Instant, type Position } from '../port';
import { positionNumber, positionText, type Upcasters } from '../reading';
import { beginRun, requireRunning, type RunState } from '../runs';
import { prepareWrites } from '../sealing';
import { SharedAnswer } from '../shared-answer';
import { WakeUp } from '../wake-up';
import { codedError, DEFAULT_LOCK_LIMITS, type LockLimits } from './connection';
import { GROUP_EVENTS_MAX, GroupCommit } from './group-commit';
import { LogLock, NOTHING_ASKED, type Decided, type LockedLog } from './log-lock';
import { LogReader, MARK } from './log-reader';
import { migrateEventStore } from './migrations';
import { Restorer } from './restorer';

export type PostgresOptions = {
  readonly databaseUrl: string;
  readonly upcasters?: Upcasters;
  /** Connections in all: one appends, one listens where something follows the log, the others read. */
  readonly maxConnections?: number;
  readonly lockLimits?: LockLimits;
};

const MAX_CONNECTIONS_DEFAULT = 10;

/** Opens the store in the schema `event_store` of that database, which is brought up to date first. @throws EventStoreError `unavailable` */
export async function openPostgresEventStore(options: PostgresOptions): Promise<EventStore> {
  try {
    await migrateEventStore(options.databaseUrl);
  } catch (error) {
    throw codedError(error);
  }
  return new PostgresEventStore(options);
}

class PostgresEventStore implements EventStore {
  private readonly lock: LogLock;
  private readonly queue: AppendQueue;
  private readonly reader: LogReader;
  private readonly wakeUp: WakeUp;
  private readonly settled = new SharedAnswer((begun) => this.settle(begun));
  private closed = false;

  constructor(options: PostgresOptions) {
    this.lock = new LogLock(options.databaseUrl, options.lockLimits ?? DEFAULT_LOCK_LIMITS);
    this.queue = new AppendQueue(new GroupCommit(this.lock, (position) => positionText(MARK, position)).carryOut, { groupEventsMax: GROUP_EVENTS_MAX });
    this.reader = new LogReader(options.databaseUrl, Math.max(1, (options.maxConnections ?? MAX_CONNECTIONS_DEFAULT) - 2), options.upcasters ?? {});
    this.wakeUp = new WakeUp(options.databaseUrl, 'event_store_appended');
    this.readStream = this.whileOpen(this.reader.readStream);
    this.readStreams = this.whileOpen(this.reader.readStreams);
    this.streamsOf = this.whileOpen(this.reader.streamsOf);
    this.readAll = this.whileOpen(this.reader.readAll);
    this.readRaw = this.whileOpen(this.reader.readRaw);
    this.headPosition = this.whileOpen(this.reader.headPosition);
  }

  readonly readStream: EventStore['readStream'];
  readonly readStreams: EventStore['readStreams'];
  readonly streamsOf: EventStore['streamsOf'];
  readonly readAll: EventStore['readAll'];
  readonly readRaw: EventStore['readRaw'];
  readonly headPosition: EventStore['headPosition'];

  readonly append: EventStore['append'] = async (writes, options = {}) => {
    this.requireOpen();
    return this.queue.add({ writes: prepareWrites(writes), asReported: options.asReported ?? null, attempted: new Set() });
  };

  readonly subscribe: EventStore['subscribe'] = (from, options) => followLog({ readAll: this.readAll, wakeUp: this.wakeUp, isClosed: () => this.closed }, from, options);

  comparePositions(a: Position, b: Position): number {
    return positionNumber(MARK, a) - positionNumber(MARK, b);
  }

  readonly settledThrough: EventStore['settledThrough'] = () => this.settled.ask();

  private settle(begun: () => void): Promise<Instant> {
    return this.locked((log) => {
      begun();
      const { settled, floorUs } = settledAt(log.end, log.nowUs);
      if (floorUs === null) return { result: settled, statements: [] };
      return { result: settled, statements: [{ rowMode: 'array', text: 'update event_store.head set floor_us = $1', values: [floorUs] }] };
    });
  }

  readonly restore: EventStore['restore'] = async (events, { run }) => {
    this.requireOpen();
    return new Restorer(this.lock, this.reader).restore(events, run);
  };

  readonly beginAsReported: EventStore['beginAsReported'] = (run) =>
    this.locked(async (log) => {
      const { rows } = await log.client.query<{ state: RunState }>('select state from event_store.as_reported_run where run = $1', [run]);
      const outcome = beginRun(log.end, run, rows[0]?.state ?? null);
      if (outcome !== 'begun') return { result: outcome, statements: [] };
      const keep = `insert into event_store.as_reported_run (run, state) values ($1, 'running') on conflict (run) do update set state = 'running', ended_at = null`;
      return {
        result: outcome,
        statements: [
          { rowMode: 'array', text: keep, values: [run] },
          { rowMode: 'array', text: 'update event_store.head set running = $1', values: [run] },
        ],
      };
    });

  readonly endAsReported: EventStore['endAsReported'] = (run, how) =>
    this.locked((log) => {
      requireRunning(log.end, run);
      return {
        result: undefined,
        statements: [
          { rowMode: 'array', text: 'update event_store.as_reported_run set state = $2, ended_at = clock_timestamp() where run = $1', values: [run, how] },
          { rowMode: 'array', text: 'update event_store.head set running = null' },
        ],
      };
    });

  readonly close: EventStore['close'] = async () => {
    if (this.closed) return;
    this.closed = true;
    await this.queue.idle();
    await Promise.all([this.lock.close(), this.wakeUp.close()]);
    await this.reader.close();
  };

  private async locked<T>(decide: (log: LockedLog) => Decided<T> | Promise<Decided<T>>): Promise<T> {
    this.requireOpen();
    try {
      return await this.lock.withLock(NOTHING_ASKED, decide);
    } catch (error) {
      throw codedError(error);
    }
  }

  private whileOpen<Args extends readonly unknown[], Result>(read: (...args: Args) => Promise<Result>): (...args: Args) => Promise<Result> {
    return async (...args) => {
      this.requireOpen();
      return read(...args);
    };
  }

  private requireOpen(): void {
    if (this.closed) throw new EventStoreError('unavailable', 'The store was closed.');
  }
}
