import type { QueryArrayConfig } from 'pg';
import type { LogEnd, NewRow } from '../append-rules';
import { verifyChain } from '../chain';
import { microsOf } from '../instants';
import { EventStoreError, type RawEvent } from '../port';
import { requireRestorable } from '../runs';
import { codedError } from './connection';
import { arrayText, keepStatement, NOTHING_ASKED, type LogLock } from './log-lock';
import type { LogReader } from './log-reader';

const BATCH_EVENTS = 1_000;

/** Appends a log as it was kept elsewhere: same order, same recordedAt, same hashes, each verified before it is kept. */
export class Restorer {
  constructor(
    private readonly lock: LogLock,
    private readonly reader: LogReader,
  ) {}

  async restore(batches: AsyncIterable<readonly RawEvent[]>, run: string): Promise<{ readonly restored: number }> {
    const there = await this.begin(run);
    let checked = 0;
    let restored = 0;
    for await (const batch of batches) {
      for (let start = 0; start < batch.length; start += BATCH_EVENTS) {
        const events = batch.slice(start, start + BATCH_EVENTS);
        const again = events.slice(0, Math.max(0, there - checked));
        await this.requireSame(checked, again);
        const fresh = events.slice(again.length);
        await this.keep(run, fresh);
        checked += events.length;
        restored += fresh.length;
      }
    }
    if (checked < there) throw new EventStoreError('storeNotEmpty', 'The unfinished restore is of a longer log.');
    await this.end(run);
    return { restored };
  }

  private begin(run: string): Promise<number> {
    return this.locked((end) => {
      requireRestorable(end, run);
      return { result: end.position, statements: [{ rowMode: 'array', text: 'update event_store.head set restoring = $1', values: [run] }] };
    });
  }

  private end(run: string): Promise<void> {
    return this.locked((end) => {
      requireRestorable(end, run);
      return { result: undefined, statements: [{ rowMode: 'array', text: `update event_store.head set restoring = null returning pg_notify('event_store_appended', '')` }] };
    });
  }

  private async requireSame(after: number, events: readonly RawEvent[]): Promise<void> {
    if (events.length === 0) return;
    const kept = await this.reader.rawAfter(after, events.length);
    if (events.some((event, index) => kept[index]?.hash !== event.hash)) throw new EventStoreError('storeNotEmpty', 'The unfinished restore is of another log.');
  }

  private async keep(run: string, events: readonly RawEvent[]): Promise<void> {
    if (events.length === 0) return;
    const sealed = verifyChain(events, await this.reader.hashesBefore(events));
    await this.locked((end) => {
      requireRestorable(end, run);
      const rows: NewRow[] = [];
      const lifted: { readonly position: number; readonly knownUs: bigint }[] = [];
      events.forEach((event, index) => {
        const envelope = sealed[index]?.envelope;
        if (envelope === undefined) return;
        const us = microsOf(envelope.recordedAt);
        end.position++;
        // One serial pass: what lies behind the highest time before it was known from that time on.
        if (end.lastRecordedUs !== null && us < end.lastRecordedUs) lifted.push({ position: end.position, knownUs: end.lastRecordedUs });
        else end.lastRecordedUs = us;
        rows.push({ ...event, position: end.position, id: envelope.id, type: envelope.type, recordedAt: envelope.recordedAt });
      });
      return { result: undefined, statements: [keepStatement(rows), ...liftStatements(lifted)] };
    });
  }

  private async locked<T>(decide: (end: LogEnd) => { readonly result: T; readonly statements: readonly QueryArrayConfig[] }): Promise<T> {
    try {
      return await this.lock.withLock(NOTHING_ASKED, (log) => decide(log.end));
    } catch (error) {
      throw codedError(error);
    }
  }
}

function liftStatements(lifted: readonly { readonly position: number; readonly knownUs: bigint }[]): readonly QueryArrayConfig[] {
  if (lifted.length === 0) return [];
  const values = [arrayText(lifted.map((one) => one.position)), arrayText(lifted.map((one) => String(one.knownUs)))];
  return [{ rowMode: 'array', text: 'insert into event_store.lifted (position, known_us) select * from unnest($1::bigint[], $2::bigint[])', values }];
}
