import { openPool } from '@bestendig/postgres';
import type { Pool } from 'pg';
import { AppendQueue } from '../append-queue';
import { followLog } from '../following';
import { EventStoreError, type EventStore, type Position } from '../port';
import { codedError, DEFAULT_LOCK_LIMITS, type LockLimits } from '../postgres/connection';
import type { Upcasters } from '../reading';
import { beginRun, requireRunning, type RunState } from '../runs';
import { prepareWrites } from '../sealing';
import { SharedAnswer } from '../shared-answer';
import { WakeUp } from '../wake-up';
import { Appender, GROUP_EVENTS_MAX } from './appender';
import { openBulkReader, type BulkReader } from './bulk-reader';
import { ServerConnection } from './connection';
import { recognise } from './identity';
import { KnownTimes } from './known-times';
import { CHANNEL, EventLogLock, type HeldLog } from './log-lock';
import { LogReader } from './log-reader';
import { migrateEventLog } from './migrations';
import { Names } from './names';
import { isBlank, Restorer } from './restorer';
import { ServerLog } from './server-log';
import { StreamList } from './stream-list';

export type EventStoreDbOptions = {
  /** `esdb://` or `kurrentdb://`, with what TLS and credentials need. */
  readonly url: string;
  /** For the lock that appends take, and small rows beside the log. One database belongs to one log. */
  readonly databaseUrl: string;
  /** Letters and digits, put before every stream's name with a dot, so that several logs can share a cluster. */
  readonly namespace?: string;
  readonly upcasters?: Upcasters;
  /** Connections to PostgreSQL in all: one appends, one listens where something follows the log, the others read. */
  readonly maxConnections?: number;
  readonly lockLimits?: LockLimits;
  /** The client for long reads; unless given, the faster where it can be loaded. */
  readonly bulkClient?: BulkReader['client'];
};

/** Besides the port, what an operator may ask. */
export type EventStoreDbStore = EventStore & { readonly bulkClient: BulkReader['client'] };

const MAX_CONNECTIONS_DEFAULT = 10;

/**
 * Opens the log of that namespace in an EventStoreDB or KurrentDB, and the schema `event_log` of that database, which is brought up to date first.
 *
 * @throws EventStoreError `unavailable`, `unauthorised`, `badSettings`, or `otherLog` where database and log do not belong together
 */
export async function openEventStoreDbStore(options: EventStoreDbOptions): Promise<EventStoreDbStore> {
  const server = new ServerConnection(options.url);
  try {
    await migrateEventLog(options.databaseUrl);
    const names = new Names(options.namespace ?? '');
    const { began } = await patiently(() => recognise(server, names, options.databaseUrl));
    server.wasLetIn();
    const log = new ServerLog(server, names, began, await openBulkReader(options.url, server, options.bulkClient));
    return new Store(options, log);
  } catch (error) {
    await server.close();
    throw codedError(error);
  }
}

const LET_IN_TRIES = 4;
const LET_IN_PAUSE_MS = 750;

/** A cluster that is choosing a leader lets nobody in: who is not let in tries again for some seconds. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof EventStoreError && error.code === 'unauthorised') || tried === LET_IN_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, LET_IN_PAUSE_MS));
    }
  }
}

class Store implements EventStoreDbStore {
  readonly bulkClient: BulkReader['client'];
  private readonly lock: EventLogLock;
  private readonly queue: AppendQueue;
  private readonly appender: Appender;
  private readonly reader: LogReader;
  private readonly times: KnownTimes;
  private readonly pool: Pool;
  private readonly wakeUp: WakeUp;
  private readonly settled = new SharedAnswer((begun) => this.coded(() => this.appender.settle(begun)));
  private closed = false;

  constructor(
    options: EventStoreDbOptions,
    private readonly log: ServerLog,
  ) {
    this.bulkClient = log.bulkClient;
    this.lock = new EventLogLock(options.databaseUrl, options.lockLimits ?? DEFAULT_LOCK_LIMITS);
    this.times = new KnownTimes(log);
    this.appender = new Appender(this.lock, log.server, log.names, this.times);
    this.queue = new AppendQueue(this.appender.carryOut, { groupEventsMax: GROUP_EVENTS_MAX });
    this.reader = new LogReader(log, this.times, options.upcasters ?? {});
    this.pool = openPool({ databaseUrl: options.databaseUrl, name: 'event store (names)', maxConnections: Math.max(1, Math.min(2, (options.maxConnections ?? MAX_CONNECTIONS_DEFAULT) - 2)) });
    this.wakeUp = new WakeUp(options.databaseUrl, CHANNEL);
    this.readStream = this.whileOpen(this.reader.readStream);
    this.readStreams = this.whileOpen(this.reader.readStreams);
    this.streamsOf = this.whileOpen(new StreamList(this.pool, log).streamsOf);
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
    return this.reader.comparePositions(a, b);
  }

  readonly settledThrough: EventStore['settledThrough'] = () => this.settled.ask();

  readonly restore: EventStore['restore'] = (events, { run }) => this.coded(() => new Restorer(this.lock, this.log.server, this.log.names, this.reader).restore(events, run));

  readonly beginAsReported: EventStore['beginAsReported'] = (run) =>
    this.locked(async (log) => {
      const { rows } = await log.client.query<{ state: RunState }>('select state from event_log.as_reported_run where run = $1', [run]);
      const blank = isBlank(await this.times.last(null));
      const outcome = beginRun({ ...log.row, floorUs: null, position: blank ? 0 : 1 }, run, rows[0]?.state ?? null);
      if (outcome !== 'begun') return outcome;
      const keep = `insert into event_log.as_reported_run (run, state) values ($1, 'running') on conflict (run) do update set state = 'running', ended_at = null`;
      await log.note({ running: run, restoring: null }, { text: keep, values: [run] });
      return outcome;
    });

  readonly endAsReported: EventStore['endAsReported'] = (run, how) =>
    this.locked(async (log) => {
      requireRunning({ ...log.row, floorUs: null, position: 0 }, run);
      await log.note({ running: null, restoring: null }, { text: 'update event_log.as_reported_run set state = $2, ended_at = clock_timestamp() where run = $1', values: [run, how] });
    });

  readonly close: EventStore['close'] = async () => {
    if (this.closed) return;
    this.closed = true;
    await this.queue.idle();
    await Promise.all([this.lock.close(), this.wakeUp.close(), this.pool.end()]);
    await this.log.server.close();
  };

  private locked<T>(work: (log: HeldLog) => Promise<T>): Promise<T> {
    return this.coded(() => this.lock.withLock(work));
  }

  private whileOpen<Args extends readonly unknown[], Result>(read: (...args: Args) => Promise<Result>): (...args: Args) => Promise<Result> {
    return (...args) => this.coded(() => read(...args));
  }

  private async coded<T>(work: () => Promise<T>): Promise<T> {
    this.requireOpen();
    try {
      return await work();
    } catch (error) {
      throw codedError(error);
    }
  }

  private requireOpen(): void {
    if (this.closed) throw new EventStoreError('unavailable', 'The store was closed.');
  }
}
