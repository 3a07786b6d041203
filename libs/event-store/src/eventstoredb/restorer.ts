import { verifyChain } from '../chain';
import { BEGINNING_OF_TIME, instantOf, microsOf } from '../instants';
import { EventStoreError, type Instant, type Position, type RawEvent } from '../port';
import type { Sealed } from '../reading';
import { requireRestorable } from '../runs';
import type { ServerConnection } from './connection';
import { TERM_STREAM } from './identity';
import { keptEvents, toServerEvent } from './kept-event';
import type { EventLogLock, HeldLog } from './log-lock';
import type { LogReader } from './log-reader';
import type { Names } from './names';

const BATCH_EVENTS = 1_000;
/** How long the lock is held at a time. */
const HOLD_MS = 3_000;
const DEADLINE_MS = 5_000;
const APPEND_EVENTS_MAX = 500;
const APPEND_BYTES_MAX = 900_000;
const ATTEMPTS = 3;

type Restored = { readonly raw: RawEvent; readonly type: string; /** Null where it is its recordedAt. */ readonly known: Instant | null };

/** Appends a log as it was kept elsewhere: same order, same recordedAt, same hashes, each verified before it is sent; one append in flight, so that the order holds. */
export class Restorer {
  /** The highest recordedAt so far: the serial pass that tells what was known when. */
  private lastUs: bigint | null = null;

  constructor(
    private readonly lock: EventLogLock,
    private readonly server: ServerConnection,
    private readonly names: Names,
    private readonly reader: LogReader,
  ) {}

  async restore(batches: AsyncIterable<readonly RawEvent[]>, run: string): Promise<{ readonly restored: number }> {
    await this.begin(run);
    let [at, isThere, restored]: [Position | null, boolean, number] = [null, true, 0];
    for await (const batch of batches) {
      for (let start = 0; start < batch.length; start += BATCH_EVENTS) {
        const events = batch.slice(start, start + BATCH_EVENTS);
        const again: readonly RawEvent[] = isThere ? await this.reader.rawAfter(at, events.length) : [];
        if (again.some((event, index) => event.hash !== events[index]?.hash)) throw new EventStoreError('storeNotEmpty', 'The unfinished restore is of another log.');
        isThere = again.length === events.length;
        at = again.at(-1)?.position ?? at;
        const sealed = verifyChain(events, await this.reader.hashesBefore(events));
        const pass = events.map((raw, index) => this.pass(raw, sealed[index]));
        await this.keep(run, pass.slice(again.length));
        this.reader.rememberHashes(events);
        restored += events.length - again.length;
      }
    }
    if (isThere && (await this.reader.rawAfter(at, 1)).length > 0) throw new EventStoreError('storeNotEmpty', 'The unfinished restore is of a longer log.');
    await this.end(run);
    return { restored };
  }

  private pass(raw: RawEvent, sealed: Sealed | undefined): Restored {
    if (sealed === undefined) throw new Error('An event was not verified.');
    const { type, recordedAt } = sealed.envelope;
    const us = microsOf(recordedAt);
    // What lies behind the highest time before it was known from that time on.
    const known = this.lastUs !== null && us < this.lastUs ? instantOf(this.lastUs) : null;
    if (known === null) this.lastUs = us;
    return { raw, type, known };
  }

  private begin(run: string): Promise<void> {
    return this.lock.withLock(async (log) => {
      const empty = log.row.restoring !== null || (await this.reader.rawAfter(null, 1)).length === 0;
      requireRestorable({ ...log.row, floorUs: null, position: empty ? 0 : 1 }, run);
      await log.note({ running: null, restoring: run });
    });
  }

  private end(run: string): Promise<void> {
    return this.lock.withLock(async (log) => {
      requireRestorable({ ...log.row, floorUs: null, position: 1 }, run);
      const [lastTerm] = (await this.server.readStream(this.names.onServer(TERM_STREAM), { fromRevision: null, backward: true, limit: 1, deadlineMs: DEADLINE_MS })) ?? [];
      await log.keep({ ...log.row, restoring: null, term: lastTerm?.revision ?? -1, lastRecordedUs: this.lastUs, promised: false });
    });
  }

  private async keep(run: string, events: readonly Restored[]): Promise<void> {
    for (let sent = 0; sent < events.length; ) {
      await this.lock.withLock(async (log) => {
        requireRestorable({ ...log.row, floorUs: null, position: 1 }, run);
        const untilMs = performance.now() + HOLD_MS;
        while (sent < events.length && performance.now() < untilMs) {
          const together = oneAppend(events, sent);
          await this.sendSurely(log, together);
          sent += together.length;
        }
        await log.keep(log.row, { wake: false });
      });
    }
  }

  /** One append; where its answer is lost it is sent again with the same revision, so that it is there once, before anything after it. */
  private async sendSurely(log: HeldLog, together: readonly Restored[]): Promise<void> {
    const [first] = together;
    if (first === undefined) return;
    const { stream, revision } = first.raw;
    const events = together.map(({ raw, type, known }) => toServerEvent({ type, canonical: raw.canonical, hash: raw.hash }, known === null ? null : { known }));
    for (let attempt = 1; ; attempt++) {
      await log.beSure();
      try {
        if ((await this.server.append(this.names.onServer(stream), revision - 1, events, DEADLINE_MS)).outcome === 'appended') return;
        // Another process of the same run, which stood still, was faster with some of them.
        return await this.sendRest(log, together);
      } catch (error) {
        if (!(error instanceof EventStoreError) || error.code !== 'unavailable' || attempt === ATTEMPTS) throw error;
      }
    }
  }

  private async sendRest(log: HeldLog, together: readonly Restored[]): Promise<void> {
    const [first] = together;
    if (first === undefined) return;
    const { stream, revision } = first.raw;
    const there = (await this.server.readStream(this.names.onServer(stream), { fromRevision: revision, backward: false, limit: together.length, deadlineMs: DEADLINE_MS })) ?? [];
    const kept = keptEvents(there, this.names).filter((event, index) => event.beside.hash === together[index]?.raw.hash);
    if (kept.length === 0 || kept.length !== there.length) throw new EventStoreError('storeNotEmpty', `The stream ${stream} holds something else.`);
    await this.sendSurely(log, together.slice(kept.length));
  }
}

/** Consecutive events of one stream, up to what goes in one append. */
function oneAppend(events: readonly Restored[], start: number): readonly Restored[] {
  let [end, bytes] = [start, 0];
  while (end < events.length && end - start < APPEND_EVENTS_MAX && events[end]?.raw.stream === events[start]?.raw.stream) {
    bytes += 2 * (events[end]?.raw.canonical.length ?? 0);
    if (end > start && bytes > APPEND_BYTES_MAX) break;
    end++;
  }
  return events.slice(start, end);
}

/** Nothing was ever recorded, or nothing but what is not later than anything. */
export function isBlank(knownLast: Instant | null): boolean {
  return knownLast === null || knownLast <= BEGINNING_OF_TIME;
}
