import type { LogReading, Partial, ServerEvent } from './connection';

/** What one call of the server brings, batch by batch; null at its end. */
export type EventSource = { next(): Promise<readonly ServerEvent[] | null> };
type Open = (reading: Omit<LogReading, 'deadlineMs'>) => EventSource;

/** So many events one call may bring, over all the pages that are taken from it. */
const CALL_EVENTS_MAX = 500_000;
/** Calls that wait for the next page to be asked for; a reader that is not coming back leaves one behind for a while. */
const KEPT_MAX = 4;
const KEPT_MS = 10_000;
const TOO_LATE = Symbol('too late');

/** A call that brings more than was asked for: what follows the last event that was given. */
type Call = {
  readonly source: EventSource;
  readonly last: ServerEvent;
  readonly rest: readonly ServerEvent[];
  /** Asked for already, so that the server and what reads here work at the same time. */
  readonly step: Promise<readonly ServerEvent[] | null>;
  readonly left: number;
};

/**
 * Pages out of calls that go on from page to page: the server takes its time to begin one. A page goes on with the call
 * that gave the event it begins at; where there is none, or where it ended, a new one is made.
 */
export class LongReads {
  private readonly kept = new Map<string, Call & { readonly timer: NodeJS.Timeout }>();

  constructor(private readonly open: Open) {}

  /** Null where it failed and nothing was read. */
  async read(reading: LogReading): Promise<Partial | null> {
    if (reading.backward) return this.readAnew(reading, reading.limit);
    const call = this.take(reading);
    if (call === null) return this.readAnew(reading, Math.max(reading.limit, CALL_EVENTS_MAX));
    const read = await this.goOn(call, reading);
    if (read === null) return this.readAnew(reading, Math.max(reading.limit, CALL_EVENTS_MAX));
    const last = read.events.at(-1);
    if (read.events.length >= reading.limit || !read.whole || last === undefined) return read;
    // It ended, where the log did then, which may be a while ago, or where enough was asked for.
    const more = await this.readAnew({ ...reading, from: last, limit: reading.limit - read.events.length + 1 }, reading.limit);
    return more === null ? { events: read.events, whole: false } : { events: [...read.events, ...more.events.slice(1)], whole: more.whole };
  }

  private readAnew(reading: LogReading, callLimit: number): Promise<Partial | null> {
    const source = this.open({ ...reading, limit: callLimit });
    return this.gather({ source, rest: [], step: stepOf(source), left: callLimit }, [], reading);
  }

  private goOn(call: Call, reading: LogReading): Promise<Partial | null> {
    return this.gather(call, [call.last], reading);
  }

  /** @param given what the page begins with already */
  private async gather(call: Omit<Call, 'last'>, given: readonly ServerEvent[], reading: LogReading): Promise<Partial | null> {
    const events = [...given];
    const clock = new Deadline(reading.deadlineMs);
    let { step, left, rest } = call;
    try {
      for (;;) {
        const room = reading.limit - events.length;
        for (const event of rest.length > room ? rest.slice(0, room) : rest) events.push(event);
        if (events.length >= reading.limit) {
          const last = events.at(-1);
          if (last !== undefined && !reading.backward && left > 0) this.keep(reading, { source: call.source, last, rest: rest.slice(room), step, left });
          return { events, whole: true };
        }
        const batch = await Promise.race([step, clock.tooLate]);
        if (batch === TOO_LATE) return { events, whole: false };
        if (batch === null) return { events, whole: true };
        left -= batch.length;
        step = stepOf(call.source);
        rest = batch;
      }
    } catch {
      return events.length === given.length ? null : { events, whole: false };
    } finally {
      clock.stop();
    }
  }

  private take(reading: LogReading): Call | null {
    const key = keyOf(reading.from, reading);
    const call = this.kept.get(key);
    if (call === undefined) return null;
    this.forget(key);
    return call;
  }

  private keep(reading: LogReading, call: Call): void {
    const key = keyOf(call.last, reading);
    this.forget(key);
    for (const oldest of this.kept.keys()) if (this.kept.size >= KEPT_MAX) this.forget(oldest);
    this.kept.set(key, { ...call, timer: setTimeout(() => this.forget(key), KEPT_MS).unref() });
  }

  /** Nothing ends the call but that nobody holds it any more: the server sends no more than was asked for. */
  private forget(key: string): void {
    clearTimeout(this.kept.get(key)?.timer);
    this.kept.delete(key);
  }
}

function stepOf(source: EventSource): Promise<readonly ServerEvent[] | null> {
  const step = source.next();
  // Given up on, its failure is nobody's any more.
  step.catch(() => undefined);
  return step;
}

function keyOf(from: LogReading['from'], { filter }: LogReading): string {
  return `${from?.commit}/${from?.prepare} ${JSON.stringify(filter)}`;
}

class Deadline {
  readonly tooLate: Promise<typeof TOO_LATE>;
  private timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.tooLate = new Promise((resolve) => {
      this.timer = setTimeout(() => resolve(TOO_LATE), ms);
    });
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
