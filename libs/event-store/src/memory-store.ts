import { AppendTransaction, settledAt, type LogEnd, type NewRow, type StreamState } from './append-rules';
import { linksNeeded, linkKey, verifyChain } from './chain';
import { instantOf, microsOf } from './instants';
import { EventStoreError, NO_EVENTS, type EventStore, type Page, type Position, type RawEvent, type RecordedEvent } from './port';
import { isOfStores, pageLimit, passes, positionNumber, positionText, toRecordedEvent, type Upcasters } from './reading';
import { beginRun, requireRestorable, requireRunning, type RunState } from './runs';
import { prepareWrites } from './sealing';

export type MemoryOptions = { /** Microseconds since 1970. */ readonly clock?: () => bigint; readonly upcasters?: Upcasters };

const MARK = 'm';

/** The port's promises in this process' memory: for tests, and for what needs no keeping. */
export function createMemoryEventStore(options: MemoryOptions = {}): EventStore {
  return new MemoryEventStore(options.clock ?? (() => BigInt(Date.now()) * 1000n), options.upcasters ?? {});
}

export class MemoryEventStore implements EventStore {
  /** Position n lies at n - 1. Open to this library's tests, which tamper with it. */
  readonly log: (NewRow & { readonly liftedTo: string | null })[] = [];
  private readonly streams = new Map<string, StreamState & { readonly positions: number[] }>();
  private readonly runs = new Map<string, RunState>();
  private end: LogEnd = { position: 0, lastRecordedUs: null, floorUs: null, running: null, restoring: null };
  private readonly wakeUps = new Set<() => void>();
  private closed = false;

  constructor(
    private readonly clock: () => bigint,
    private readonly upcasters: Upcasters,
  ) {}

  readonly append: EventStore['append'] = async (writes, options = {}) => {
    const append = { writes: prepareWrites(writes), asReported: options.asReported ?? null, attempted: new Set<string>() };
    await this.open();
    const transaction = new AppendTransaction(this.end, this.clock(), (stream) => this.stream(stream), (position) => positionText(MARK, position));
    const results = transaction.decide(append);
    for (const row of transaction.rows) this.keep(row, null);
    for (const wakeUp of [...this.wakeUps]) wakeUp();
    return results;
  };

  readonly readStream: EventStore['readStream'] = async (stream, options = {}) => {
    await this.open();
    const positions = this.shownOf(stream);
    const backward = options.direction === 'backward';
    const from = options.fromRevision ?? (backward ? positions.length - 1 : 0);
    const chosen = backward ? positions.slice(0, from + 1).reverse() : positions.slice(from);
    return chosen.slice(0, options.limit).map((position) => this.recorded(position));
  };

  readonly readStreams: EventStore['readStreams'] = async (streams) => {
    await this.open();
    const found = new Map<string, readonly RecordedEvent[]>();
    for (const stream of streams) {
      const positions = this.shownOf(stream);
      if (positions.length > 0) found.set(stream, positions.map((position) => this.recorded(position)));
    }
    return found;
  };

  readonly streamsOf: EventStore['streamsOf'] = async (category, after, limit) => {
    await this.open();
    if (isOfStores(`${category}-`)) return [];
    const from = after ?? `${category}-`;
    const names = [...this.streams.keys()].filter((stream) => stream > from && stream < `${category}.` && this.streams.get(stream)?.positions.length !== 0);
    return names.sort().slice(0, limit);
  };

  readonly readAll: EventStore['readAll'] = async (from, options = {}) => {
    await this.open();
    const backward = options.direction === 'backward';
    const limit = pageLimit(options.limit);
    const events: RecordedEvent[] = [];
    let at = this.known(from) ?? (backward ? this.log.length + 1 : 0);
    const last = backward ? 1 : this.log.length;
    const started = at;
    while (at !== last && this.log.length > 0 && events.length < limit && (backward ? at > last : at < last)) {
      at += backward ? -1 : 1;
      const row = this.row(at);
      if (!isOfStores(row.stream) && passes(options.filter, row.stream, row.type)) events.push(this.recorded(at, options.verify));
    }
    const atHead = backward ? at <= 1 : at >= this.log.length;
    return { events, next: at === started ? null : positionText(MARK, at), atHead };
  };

  subscribe(from: Position | null, options: Parameters<EventStore['subscribe']>[1]): AsyncIterable<Page> {
    return this.follow(from, options);
  }

  private async *follow(from: Position | null, options: Parameters<EventStore['subscribe']>[1]): AsyncGenerator<Page> {
    let at = from;
    let toldAtHead = false;
    while (!options.signal.aborted) {
      const page = await this.readAll(at, options);
      at = page.next ?? at;
      if (page.next !== null || !toldAtHead) yield page;
      toldAtHead = page.atHead;
      if (page.atHead && !options.signal.aborted && this.positionAfter(at)) await this.change(options.signal);
    }
  }

  private positionAfter(at: Position | null): boolean {
    return (at === null ? 0 : positionNumber(MARK, at)) >= this.log.length;
  }

  private change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.wakeUps.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.wakeUps.add(done);
      signal.addEventListener('abort', done);
    });
  }

  readonly readRaw: EventStore['readRaw'] = async (from, limit) => {
    await this.open();
    const after = this.known(from) ?? 0;
    const events = this.log.slice(after, after + pageLimit(limit)).map(rawOf);
    verifyChain(events, this.hashesBefore(events));
    return events;
  };

  readonly headPosition: EventStore['headPosition'] = async () => {
    await this.open();
    const last = this.log.findLast((row) => !isOfStores(row.stream));
    return last === undefined ? null : positionText(MARK, last.position);
  };

  comparePositions(a: Position, b: Position): number {
    return positionNumber(MARK, a) - positionNumber(MARK, b);
  }

  readonly settledThrough: EventStore['settledThrough'] = async () => {
    await this.open();
    const { settled, floorUs } = settledAt(this.end, this.clock());
    if (floorUs !== null) this.end = { ...this.end, floorUs };
    return settled;
  };

  readonly restore: EventStore['restore'] = async (batches, { run }) => {
    await this.open();
    requireRestorable(this.end, run);
    this.end = { ...this.end, restoring: run };
    let checked = 0;
    let restored = 0;
    for await (const batch of batches) {
      requireRestorable(this.end, run);
      const there = batch.slice(0, Math.max(0, this.log.length - checked));
      for (const event of there) if (this.row(++checked).hash !== event.hash) throw new EventStoreError('storeNotEmpty', 'The unfinished restore is of another log.');
      const fresh = batch.slice(there.length);
      this.restoreBatch(fresh);
      checked += fresh.length;
      restored += fresh.length;
    }
    if (checked < this.log.length) throw new EventStoreError('storeNotEmpty', 'The unfinished restore is of a longer log.');
    this.end = { ...this.end, restoring: null };
    for (const wakeUp of [...this.wakeUps]) wakeUp();
    return { restored };
  };

  private restoreBatch(events: readonly RawEvent[]): void {
    const sealed = verifyChain(events, this.hashesBefore(events));
    events.forEach((event, index) => {
      const envelope = sealed[index]?.envelope;
      if (envelope === undefined) return;
      const us = microsOf(envelope.recordedAt);
      const last = this.end.lastRecordedUs;
      const lifted = last !== null && last > us;
      const state = this.stream(event.stream);
      this.end.position++;
      if (!lifted) this.end.lastRecordedUs = us;
      state.revision = event.revision;
      state.hash = event.hash;
      state.known.set(envelope.id, { revision: event.revision, recordedAt: envelope.recordedAt, position: this.end.position, digest: envelope.messageDigest, hash: event.hash });
      this.keep({ ...event, position: this.end.position, id: envelope.id, type: envelope.type, recordedAt: envelope.recordedAt }, lifted ? instantOf(last) : null);
    });
  }

  readonly beginAsReported: EventStore['beginAsReported'] = async (run) => {
    await this.open();
    const outcome = beginRun(this.end, run, this.runs.get(run) ?? null);
    if (outcome === 'begun') {
      this.runs.set(run, 'running');
      this.end = { ...this.end, running: run };
    }
    return outcome;
  };

  readonly endAsReported: EventStore['endAsReported'] = async (run, how) => {
    await this.open();
    requireRunning(this.end, run);
    this.runs.set(run, how);
    this.end = { ...this.end, running: null };
  };

  readonly close: EventStore['close'] = async () => {
    this.closed = true;
    for (const wakeUp of [...this.wakeUps]) wakeUp();
  };

  /** As with a server, nothing happens within the caller's own step. */
  private async open(): Promise<void> {
    await Promise.resolve();
    if (this.closed) throw new EventStoreError('unavailable', 'The store was closed.');
  }

  private stream(stream: string): StreamState & { readonly positions: number[] } {
    let state = this.streams.get(stream);
    if (state === undefined) {
      state = { revision: NO_EVENTS, hash: null, known: new Map(), positions: [] };
      this.streams.set(stream, state);
    }
    return state;
  }

  private shownOf(stream: string): readonly number[] {
    return isOfStores(stream) ? [] : (this.streams.get(stream)?.positions ?? []);
  }

  private keep(row: NewRow, liftedTo: string | null): void {
    this.log.push({ ...row, liftedTo });
    this.stream(row.stream).positions.push(row.position);
  }

  private row(position: number): NewRow & { readonly liftedTo: string | null } {
    const row = this.log[position - 1];
    if (row === undefined) throw new EventStoreError('positionUnknown', 'This store never gave that position.');
    return row;
  }

  private known(position: Position | null): number | null {
    if (position === null) return null;
    const number = positionNumber(MARK, position);
    this.row(number);
    return number;
  }

  private recorded(position: number, verify = false): RecordedEvent {
    const row = this.row(position);
    return toRecordedEvent({ position: positionText(MARK, position), hash: row.hash, canonical: row.canonical }, row.liftedTo, this.upcasters, verify);
  }

  private hashesBefore(events: readonly RawEvent[]): ReadonlyMap<string, string> {
    const hashes = new Map<string, string>();
    for (const link of linksNeeded(events)) {
      const position = this.streams.get(link.stream)?.positions[link.revision];
      if (position !== undefined) hashes.set(linkKey(link), this.row(position).hash);
    }
    return hashes;
  }
}

function rawOf(row: NewRow): RawEvent {
  return { position: positionText(MARK, row.position), stream: row.stream, revision: row.revision, hash: row.hash, canonical: row.canonical };
}
