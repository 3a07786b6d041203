import { isConnectionLost } from '@bestendig/postgres';
import { randomUUID } from 'node:crypto';
import { askedBy, decideOne, noteAttempted, type DecidedAppend, type WaitingAppend } from '../append-queue';
import { AppendTransaction, type LogEnd, type NewRow, type StreamState } from '../append-rules';
import { BEGINNING_OF_TIME, instantOf, microsOf } from '../instants';
import { EventStoreError, NO_EVENTS, type Instant, type NewEvent, type Position } from '../port';
import { allAnswers, codedError } from '../postgres/connection';
import { prepareEvent, seal } from '../sealing';
import type { ServerConnection, ServerPosition } from './connection';
import { requireOurs, TERM_STREAM } from './identity';
import { keptEvents, positionOf } from './kept-event';
import type { KnownTimes } from './known-times';
import type { EventLogLock, HeldLog, LogRow } from './log-lock';
import type { Names } from './names';
import { Sender, wavesOf, type KeptSending, type Sent } from './sending';
import { StreamStates } from './stream-states';

/** One turn of the lock serves so many events of those that wait: few enough to be sent while the lock is sure. */
export const GROUP_EVENTS_MAX = 500;
const CONFLICTS_MAX = 5;
const TERMS_TRIED_MAX = 10;
const DEADLINE_MS = 5_000;
const READ_STREAM = 'clock-read';
/** A promise of settledThrough is as good for so long, if nothing was recorded since. */
const PROMISE_US = 1_000_000n;
/** New events are numbered from here until the server says where they stand; every position of a server lies before it. */
const UNPLACED = 2 ** 52;

/** Carries out what appends, under the lock that PostgreSQL gives, in the EventStoreDB. */
export class Appender {
  private readonly sender: Sender;
  private readonly states: StreamStates;
  /** The last turn after which the remembered states were still true. */
  private statesTurn: bigint | null = null;

  constructor(
    private readonly lock: EventLogLock,
    private readonly server: ServerConnection,
    private readonly names: Names,
    private readonly times: KnownTimes,
  ) {
    this.sender = new Sender(server, names);
    this.states = new StreamStates(server, names);
  }

  readonly carryOut = async (group: readonly WaitingAppend[]): Promise<void> => {
    const reached = { server: false };
    for (let attempt = 0; ; attempt++) {
      try {
        await this.lock.withLock((log) => this.carryOutLocked(log, group, reached));
        return;
      } catch (error) {
        this.states.forgetAll();
        // A connection may have died unseen: before anything was sent another try does no harm.
        if (attempt === 0 && isConnectionLost(error) && !reached.server) continue;
        const coded = codedError(error);
        if (group.length > 1 && !(coded instanceof EventStoreError && coded.code === 'unavailable')) for (const one of group) await this.carryOut([one]);
        else for (const one of group) one.reject(coded);
        return;
      }
    }
  };

  /** A time at or before which nothing more can be recorded, kept in the log so that it also binds what lands late. */
  settle(onHeld: () => void): Promise<Instant> {
    return this.lock.withLock(async (log) => {
      onHeld();
      const { row } = log;
      if (row.running !== null || row.restoring !== null) return row.lastRecordedUs === null ? BEGINNING_OF_TIME : instantOf(row.lastRecordedUs - 1n);
      if (log.clean) {
        if (row.lastRecordedUs === null) return BEGINNING_OF_TIME;
        if (row.promised && log.nowUs - row.lastRecordedUs < PROMISE_US) return instantOf(row.lastRecordedUs - 1n);
      } else if ((await this.times.last(null)) === null) return BEGINNING_OF_TIME;
      const begun = await this.begin(log);
      const us = after(begun.lastRecordedUs, log.nowUs);
      const { recordedAt, outcome, commit } = await this.appendOwn(log, READ_STREAM, 'ClockRead', begun.term, us);
      if (outcome !== 'kept') throw new EventStoreError('unavailable', 'Others are appending promises to this log.');
      await log.keep({ ...begun, lastRecordedUs: us, promised: true }, { wake: false });
      this.keptTurn(log, begun.term, commit);
      return instantOf(microsOf(recordedAt) - 1n);
    });
  }

  /** The end of the log as its holder may rely on it: where something was left in doubt, a new term has begun. */
  private async begin(log: HeldLog): Promise<LogRow> {
    if (log.clean) {
      if (this.statesTurn !== log.turnNow) this.states.forgetAll();
      return log.row;
    }
    this.states.forgetAll();
    return this.beginTerm(log);
  }

  /**
   * What the holder before left in doubt may land at any time, with a recordedAt from before. From the new term's beginning on it
   * is known by its term, and lifted. Its recordedAt lies above all that landed before it.
   */
  private async beginTerm(log: HeldLog): Promise<LogRow> {
    const known = async (before: ServerPosition | null): Promise<bigint | null> => {
      const instant = await this.times.last(before);
      return instant === null ? null : microsOf(instant);
    };
    const [, landed] = await allAnswers([requireOurs(this.server, this.names, log.databaseId), known(null), log.beSure()]);
    let last = highest(log.row.lastRecordedUs, landed);
    for (let tried = 0; tried < TERMS_TRIED_MAX; tried++) {
      // While times come from elsewhere, the next may equal the last; and where there is none, it may be any.
      const us = log.row.running === null ? after(last, log.nowUs) : (last ?? microsOf(BEGINNING_OF_TIME));
      const begun = await this.appendOwn(log, TERM_STREAM, 'TermBegan', null, us);
      if (begun.outcome === 'conflict') continue;
      const before = await known({ commit: BigInt(begun.commit), prepare: BigInt(begun.commit) });
      if (before === null || before < us || (log.row.running !== null && before === us)) return { ...log.row, term: begun.revision, lastRecordedUs: us, promised: false };
      last = highest(last, before);
    }
    throw new EventStoreError('unavailable', 'Others kept appending to the same event log.');
  }

  /** Appends an event of the store's own. @param term null for one that begins the term with its revision as number */
  private async appendOwn(log: HeldLog, stream: string, type: string, term: number | null, us: bigint): Promise<{ readonly outcome: 'kept' | 'conflict'; readonly revision: number; readonly recordedAt: Instant; readonly commit: number }> {
    const read = await this.server.readStream(this.names.onServer(stream), { fromRevision: null, backward: true, limit: 1, deadlineMs: DEADLINE_MS });
    const [last] = keptEvents(read ?? [], this.names);
    const revision = (last?.revision ?? -1) + 1;
    const recordedAt = instantOf(us);
    const event = ownEvent(type);
    const sealed = seal(prepareEvent(stream, event), { revision, recordedAt, asReported: false, previousHash: last?.beside.hash ?? null });
    const row: NewRow = { position: 0, stream, revision, id: event.id, type, recordedAt, ...sealed };
    const { outcomes, kept } = await this.sender.send(log, [[[{ stream, rows: [row] }]]], term ?? revision);
    const sent = outcomes.get(stream);
    if (sent === undefined || 'error' in sent) throw sent?.error ?? new Error('Nothing was sent.');
    return { outcome: sent.outcome, revision, recordedAt, commit: kept[0]?.commit ?? 0 };
  }

  private async carryOutLocked(log: HeldLog, group: readonly WaitingAppend[], reached: { server: boolean }): Promise<void> {
    const unreliable = !log.clean && group.every((one) => refusedAtOnce(log.row, one));
    const row = unreliable ? log.row : await this.begin(log);
    const asked = [...askedBy(group).keys()];
    let { lastRecordedUs } = row;
    for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts++) {
      const reading = this.states.of(asked, conflicts === 0 ? onlyNew(group) : NONE);
      // Mostly something is sent: the turn is taken while the streams are read.
      const states = await allAnswers([reading, unreliable ? Promise.resolve() : log.beSure()]).then(
        ([read]) => read,
        async (error: unknown) => {
          // Nothing is left in doubt by a stream that cannot be read.
          if (!unreliable && log.turnTaken) await this.keepTurn(log, { ...row, lastRecordedUs }, []);
          throw error;
        },
      );
      const { rows, ends, decided } = decideAll(group, { ...row, lastRecordedUs }, log.nowUs, states);
      reached.server ||= rows.length > 0;
      const { outcomes, kept } = await this.sender.send(log, wavesOf(rows, ends), row.term);
      for (const sending of kept) for (const { recordedAt } of sending.rows) lastRecordedUs = highest(lastRecordedUs, microsOf(recordedAt));
      const inDoubt = [...outcomes.values()].some((one) => one.outcome === 'inDoubt');
      if (!inDoubt && [...outcomes.values()].some((one) => one.outcome === 'conflict')) {
        // Something landed late. What was kept of this try is this group's own.
        noteAttempted(group, rows);
        this.states.forgetAll();
        await requireOurs(this.server, this.names, log.databaseId);
        continue;
      }
      const placed = await this.place(rows, kept, decided);
      if (inDoubt) this.states.forgetAll();
      else if (!unreliable) await this.keepTurn(log, { ...row, lastRecordedUs, promised: rows.length === 0 && row.promised }, kept);
      group.forEach((one, index) => settle(one, decided[index], outcomes, placed));
      return;
    }
    throw new EventStoreError('unavailable', 'Others kept appending to the same streams.');
  }

  /** What was kept is kept, also where PostgreSQL does not learn that the turn ended well: the next then begins a new term. */
  private async keepTurn(log: HeldLog, row: LogRow, kept: readonly KeptSending[]): Promise<void> {
    try {
      await log.keep(row);
      this.keptTurn(log, row.term, Math.max(0, ...kept.map((sending) => sending.commit)));
    } catch {
      this.states.forgetAll();
    }
  }

  private keptTurn(log: HeldLog, term: number, lastCommit: number): void {
    this.statesTurn = log.turnNow;
    if (lastCommit > 0) this.times.noteCovered({ commit: BigInt(lastCommit), prepare: BigInt(lastCommit) }, term);
  }

  /** Where the new events stand. The server says it of the last event of an append; of others it is read back where it is asked for. */
  private async place(rows: readonly NewRow[], kept: readonly KeptSending[], decided: readonly DecidedAppend[]): Promise<ReadonlyMap<string, Position>> {
    const placed = new Map<string, Position>();
    const place = (row: NewRow, commit: number): void => {
      placed.set(`${row.position}`, positionOf({ commit: BigInt(commit), prepare: BigInt(commit) }));
      this.states.place(row.stream, row.id, commit);
    };
    const asked = new Set(decided.flatMap((one) => ('results' in one ? one.results.flatMap((result) => ('position' in result ? [result.position] : [])) : [])));
    for (const sending of kept) {
      const last = sending.rows.at(-1);
      if (last !== undefined) place(last, sending.commit);
      if (sending.rows.some((row) => row !== last && asked.has(`${row.position}`))) await this.readBack(sending, place);
    }
    for (const row of rows) if (!placed.has(`${row.position}`)) this.states.forget(row.stream);
    return placed;
  }

  private async readBack({ stream, rows }: KeptSending, place: (row: NewRow, commit: number) => void): Promise<void> {
    const read = await this.server.readStream(this.names.onServer(stream), { fromRevision: rows[0]?.revision ?? 0, backward: false, limit: rows.length, deadlineMs: DEADLINE_MS });
    (read ?? []).forEach((event, index) => {
      const row = rows[index];
      if (row !== undefined) place(row, Number(event.commit));
    });
  }
}

type Decided = { readonly rows: readonly NewRow[]; /** How many rows there were after each append. */ readonly ends: ReadonlySet<number>; readonly decided: readonly DecidedAppend[] };

function decideAll(group: readonly WaitingAppend[], row: LogRow, nowUs: bigint, states: ReadonlyMap<string, StreamState>): Decided {
  const end: LogEnd = { position: UNPLACED, lastRecordedUs: row.lastRecordedUs, floorUs: null, running: row.running, restoring: row.restoring };
  const transaction = new AppendTransaction(end, nowUs, (stream) => found(states.get(stream)), String);
  const ends = new Set<number>();
  const decided = group.map((one) => {
    const outcome = decideOne(transaction, one);
    ends.add(transaction.rows.length);
    return outcome;
  });
  return { rows: transaction.rows, ends, decided };
}

const NONE: ReadonlySet<string> = new Set();

/** Streams that every write of the group expects to be new. */
function onlyNew(group: readonly WaitingAppend[]): ReadonlySet<string> {
  const streams = new Set<string>();
  const others = new Set<string>();
  for (const { append } of group) for (const { stream, expected } of append.writes) (expected === 'NO_STREAM' || expected === NO_EVENTS ? streams : others).add(stream);
  for (const stream of others) streams.delete(stream);
  return streams;
}

/** Nothing of such an append is ever sent, so no term need begin for it. */
function refusedAtOnce(row: LogRow, { append }: WaitingAppend): boolean {
  return row.restoring !== null || (append.asReported?.run ?? null) !== row.running;
}

function settle(one: WaitingAppend, decided: DecidedAppend | undefined, sent: ReadonlyMap<string, Sent>, placed: ReadonlyMap<string, Position>): void {
  if (decided === undefined) return one.reject(new Error('An append of the group was not decided on.'));
  if ('refusal' in decided) return one.reject(decided.refusal);
  for (const { stream } of one.append.writes) {
    const outcome = sent.get(stream);
    if (outcome !== undefined && 'error' in outcome) return one.reject(outcome.error);
    if (outcome?.outcome === 'conflict') return one.reject(new EventStoreError('unavailable', 'Others kept appending to the same stream.'));
  }
  const results = decided.results.map((result) => ('position' in result ? { ...result, position: positionIn(result.position, placed) } : result));
  if (results.some((result) => 'position' in result && result.position === '')) return one.reject(new EventStoreError('unavailable', 'Where the events stand could not be learnt.'));
  one.resolve(results);
}

/** Decided on as a number: the server's own, or one to be looked up; '' where it is not known. */
function positionIn(position: Position, placed: ReadonlyMap<string, Position>): Position {
  const number = Number(position);
  if (number > UNPLACED) return placed.get(position) ?? '';
  return positionOf({ commit: BigInt(number), prepare: BigInt(number) });
}

function after(lastUs: bigint | null, nowUs: bigint): bigint {
  return lastUs !== null && lastUs >= nowUs ? lastUs + 1n : nowUs;
}

function highest(a: bigint | null, b: bigint | null): bigint | null {
  return a === null || (b !== null && b > a) ? b : a;
}

function ownEvent(type: string): NewEvent {
  const id = randomUUID();
  const meta = { reportedAt: null, actor: 'event-store', onBehalfOf: null, organisation: '', source: null, messageId: id, messageDigest: '', origin: 'event-store', correlationId: id, causationId: null, keyId: null };
  return { id, type, schemaVersion: 1, data: {}, meta };
}

function found<T>(state: T | undefined): T {
  if (state === undefined) throw new Error('A stream was decided on that was not asked for.');
  return state;
}
