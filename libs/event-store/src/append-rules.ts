import { BEGINNING_OF_TIME, instantOf, microsOf } from './instants';
import { EventStoreError, NO_EVENTS, type AsReported, type Expected, type Instant, type Position, type StreamResult } from './port';
import { seal, type PreparedEvent, type PreparedWrite } from './sealing';

/** An event that is in its stream already. */
export type KnownEvent = {
  readonly revision: number;
  readonly recordedAt: Instant;
  readonly position: number;
  readonly digest: string;
  readonly hash: string;
};

/** A stream as the lock's holder sees it; `known` holds at least the ids that the append asks about. */
export type StreamState = { revision: number; hash: string | null; readonly known: Map<string, KnownEvent> };

/** The end of the log as the lock's holder sees it. Times in microseconds since 1970. */
export type LogEnd = {
  position: number;
  /** Highest recordedAt in the log; null while it is empty. */
  lastRecordedUs: bigint | null;
  /** What settledThrough has promised. */
  readonly floorUs: bigint | null;
  /** The run of --as-reported that is unfinished. */
  readonly running: string | null;
  readonly restoring: string | null;
};

/** An event to be kept. */
export type NewRow = {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly recordedAt: Instant;
  readonly hash: string;
  readonly canonical: string;
};

export type PreparedAppend = {
  readonly writes: readonly PreparedWrite[];
  readonly asReported: AsReported | null;
  /** Hashes an earlier attempt of this append may have committed before its connection broke: those events are its own. */
  readonly attempted: Set<string>;
};

/**
 * One transaction on the log, under its lock: decides appends one after the other and collects what is to be kept.
 * The same rules for every adapter that keeps such a lock; no input or output here.
 */
export class AppendTransaction {
  readonly rows: NewRow[] = [];
  private readonly recordedAtUs: bigint;
  private readonly recordedAt: Instant;

  constructor(
    private readonly end: LogEnd,
    private readonly nowUs: bigint,
    private readonly streamState: (stream: string) => StreamState,
    private readonly positionOf: (position: number) => Position,
  ) {
    this.recordedAtUs = nextRecordedAt(end, nowUs);
    this.recordedAt = instantOf(this.recordedAtUs);
  }

  /** @throws EventStoreError where the whole append is refused; nothing of it is kept then. */
  decide(append: PreparedAppend): readonly StreamResult[] {
    this.requireOpenFor(append.asReported);
    if (append.asReported !== null) this.requireTimesForward(append.writes);
    return append.writes.map((write) => this.decideWrite(write, append));
  }

  private requireOpenFor(asReported: AsReported | null): void {
    if (this.end.restoring !== null) throw new EventStoreError('restoreInProgress', 'A restore is unfinished: nothing can be appended.');
    if (asReported === null) {
      if (this.end.running !== null) throw new EventStoreError('asReportedRunInProgress', 'A run of --as-reported is unfinished: nothing else can be appended.');
      return;
    }
    if (this.end.running !== asReported.run) throw new EventStoreError('asReportedRunNotOpen', 'That run of --as-reported was not begun, or has ended.');
  }

  private decideWrite(write: PreparedWrite, append: PreparedAppend): StreamResult {
    const state = this.streamState(write.stream);
    const reused = reusedId(write.events, state.known);
    if (reused !== null) return { outcome: 'idReusedWithOtherContent', eventId: reused };
    const anyNew = write.events.some((event) => !state.known.has(event.id));
    if (anyNew && !holds(write.expected, state.revision)) return { outcome: 'conflict', actual: state.revision };
    let outcome: 'appended' | 'alreadyThere' = 'alreadyThere';
    let position = 0;
    const events = write.events.map((event) => {
      const known = state.known.get(event.id);
      const kept = known ?? this.keep(write.stream, state, event, append.asReported !== null);
      // What an attempt in doubt did commit is this append's own work, not an earlier delivery's.
      const existing = known !== undefined && !append.attempted.delete(known.hash);
      if (!existing) outcome = 'appended';
      position = Math.max(position, kept.position);
      return { id: event.id, revision: kept.revision, recordedAt: kept.recordedAt, existing };
    });
    return { outcome, events, revision: state.revision, position: this.positionOf(position) };
  }

  /** Before anything is kept, so that an append that is refused leaves nothing behind. Lines sent again after a break may lie behind the end of their run: they are there already. */
  private requireTimesForward(writes: readonly PreparedWrite[]): void {
    let lastUs = this.end.lastRecordedUs;
    for (const write of writes) {
      const { known } = this.streamState(write.stream);
      for (const event of write.events) {
        if (known.has(event.id)) continue;
        if (event.reportedAt === null) throw new EventStoreError('invalidEvent', 'A run of --as-reported needs a reportedAt on every event.');
        const us = microsOf(event.reportedAt);
        if (us > this.nowUs) throw new EventStoreError('invalidEvent', 'A run of --as-reported records nothing in the future.');
        if (lastUs !== null && us < lastUs) throw new EventStoreError('recordedAtGoesBack', 'A run of --as-reported goes forward in reportedAt.');
        lastUs = us;
      }
    }
  }

  private timeOf(event: PreparedEvent, asReported: boolean): EventTime {
    if (!asReported || event.reportedAt === null) return { recordedAt: this.recordedAt, us: this.recordedAtUs };
    return { recordedAt: event.reportedAt, us: microsOf(event.reportedAt) };
  }

  private keep(stream: string, state: StreamState, event: PreparedEvent, asReported: boolean): KnownEvent {
    const { recordedAt, us } = this.timeOf(event, asReported);
    const revision = state.revision + 1;
    const { canonical, hash } = seal(event, { revision, recordedAt, asReported, previousHash: state.hash });
    this.end.position++;
    this.end.lastRecordedUs = us;
    const kept = { revision, recordedAt, position: this.end.position, digest: event.digest, hash };
    this.rows.push({ position: kept.position, stream, revision, id: event.id, type: event.type, recordedAt, hash, canonical });
    state.known.set(event.id, kept);
    state.revision = revision;
    state.hash = hash;
    return kept;
  }
}

/** An id that stands for other content already, in the stream or earlier in the same write. */
function reusedId(events: readonly PreparedEvent[], known: ReadonlyMap<string, KnownEvent>): string | null {
  const here = new Map<string, string>();
  for (const { id, digest } of events) {
    const before = known.get(id)?.digest ?? here.get(id);
    if (before !== undefined && before !== digest) return id;
    here.set(id, digest);
  }
  return null;
}

type EventTime = { readonly recordedAt: Instant; readonly us: bigint };

/** Above everything recorded and everything promised, also when the clock was set back. */
function nextRecordedAt(end: LogEnd, nowUs: bigint): bigint {
  let next = nowUs;
  for (const before of [end.lastRecordedUs, end.floorUs]) if (before !== null && before >= next) next = before + 1n;
  return next;
}

function holds(expected: Expected, revision: number): boolean {
  switch (expected) {
    case 'ANY':
      return true;
    case 'EXISTS':
      return revision !== NO_EVENTS;
    case 'NO_STREAM':
      return revision === NO_EVENTS;
  }
  return expected === revision;
}

const RECENT_US = 10_000n;

/** A time at or before which nothing more can be recorded, where the log's holder says so now. */
export function settledAt(end: LogEnd, nowUs: bigint): { readonly settled: Instant; /** To be kept before it is said; null where there is nothing to keep. */ readonly floorUs: bigint | null } {
  if (end.lastRecordedUs === null) return { settled: BEGINNING_OF_TIME, floorUs: null };
  // While times come from elsewhere, the next may equal the last.
  if (end.running !== null || end.restoring !== null) return { settled: instantOf(end.lastRecordedUs - 1n), floorUs: null };
  // A promise of a moment ago that covers all that was recorded since is as good, and need not be kept again.
  if (end.floorUs !== null && end.floorUs >= end.lastRecordedUs && nowUs - end.floorUs < RECENT_US) return { settled: instantOf(end.floorUs), floorUs: null };
  const floorUs = nextRecordedAt(end, nowUs) - 1n;
  return { settled: instantOf(floorUs), floorUs };
}
