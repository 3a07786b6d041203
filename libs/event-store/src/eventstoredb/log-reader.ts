import { setImmediate } from 'node:timers/promises';
import { linkKey, linksNeeded, verifyChain, type Link } from '../chain';
import { inParallel } from '../parallel';
import type { EventFilter, EventStore, Page, Position, RawEvent, RecordedEvent } from '../port';
import { isOfStores, pageLimit, passes, toRecordedEvent, type Upcasters } from '../reading';
import type { ServerFilter, ServerPosition } from './connection';
import { canonicalOf, keptEvents, parsePosition, positionOf, comparePositions, rawOf, type KeptEvent } from './kept-event';
import type { KnownTimes } from './known-times';
import type { ServerLog, Stretch } from './server-log';

const STREAM_DEADLINE_MS = 20_000;
const STREAMS_AT_ONCE = 32;
/** A filtered page that looks at every event itself looks at no more of them than this, so that it comes soon. */
const WINDOW_EVENTS = 20_000;
const WINDOW_PAGE_EVENTS = 2_000;
const HASHES_REMEMBERED_MAX = 50_000;
/** A page of fewer events is no long read. */
const LONG_PAGE_EVENTS = 200;
/** Who asks for so many at once reads much. */
const LONG_LIMIT_EVENTS = 2_000;
/** After so many the next page, which is on its way, is let in. */
const SLICE_EVENTS = 128;
const AHEAD_KEPT_MS = 10_000;
const GIVEN_REMEMBERED_MAX = 10_000;

type Asked = Pick<NonNullable<Parameters<EventStore['readAll']>[1]>, 'filter' | 'verify'>;

/** Every read of the port. */
export class LogReader {
  /** The hash of each stream's event that was read last: what the next page of a whole read links to. */
  private readonly lastHashes = new Map<string, { readonly revision: number; readonly hash: string }>();
  private readonly given = new Set<Position>();
  /** Where long pages ended that were not the last: who goes on from there reads much. */
  private readonly longReads = new Set<Position>();
  private ahead: { readonly key: string; readonly stretch: Promise<Stretch>; readonly timer: NodeJS.Timeout } | null = null;

  constructor(
    private readonly log: ServerLog,
    private readonly times: KnownTimes,
    private readonly upcasters: Upcasters,
  ) {}

  readonly readStream: EventStore['readStream'] = async (stream, options = {}) => {
    if (isOfStores(stream) || options.limit === 0) return [];
    const backward = options.direction === 'backward';
    const reading = { fromRevision: options.fromRevision ?? null, backward, limit: options.limit ?? Number.MAX_SAFE_INTEGER, deadlineMs: STREAM_DEADLINE_MS };
    const events = await this.log.server.readStream(this.log.names.onServer(stream), reading);
    return this.recorded(keptEvents(events ?? [], this.log.names));
  };

  readonly readStreams: EventStore['readStreams'] = async (streams) => {
    const names = [...new Set(streams)];
    const found = new Map<string, readonly RecordedEvent[]>();
    const read = await inParallel(names, STREAMS_AT_ONCE, (stream) => this.readStream(stream));
    read.forEach((events, index) => {
      const name = names[index];
      if (events.length > 0 && name !== undefined) found.set(name, events);
    });
    return found;
  };

  readonly readAll: EventStore['readAll'] = async (from, options = {}) => {
    const limit = pageLimit(options.limit);
    const at = from === null ? null : parsePosition(from);
    if (options.direction === 'backward') return this.backward(at, limit, options);
    const page = options.filter === undefined ? await this.forward(at, limit, options) : await this.forwardFiltered(at, limit, { ...options, filter: options.filter });
    this.noteLongRead(page.atHead ? null : page.next, limit);
    return this.givenBy(page);
  };

  private async forward(from: ServerPosition | null, limit: number, asked: Asked): Promise<Page> {
    const stretch = await (this.takeAhead(from, limit) ?? this.log.after(from, limit, this.isLongRead(from) || limit >= LONG_LIMIT_EVENTS));
    const last = stretch.events.at(-1);
    if ((this.isLongRead(from) || limit >= LONG_LIMIT_EVENTS) && !stretch.atEnd && last !== undefined) this.readAhead(last, limit);
    return this.page(stretch, asked);
  }

  /** Of a long read the next page is read while this one is worked on. A page at the end of the log is read again when it is asked for: there may be more by then. */
  private readAhead(from: ServerPosition, limit: number): void {
    const timer = setTimeout(() => (this.ahead = null), AHEAD_KEPT_MS).unref();
    const stretch = this.log.after(from, limit, true);
    stretch.catch(() => undefined);
    if (this.ahead !== null) clearTimeout(this.ahead.timer);
    this.ahead = { key: `${positionOf(from)} ${limit}`, stretch, timer };
  }

  private takeAhead(from: ServerPosition | null, limit: number): Promise<Stretch> | null {
    const ahead = this.ahead;
    if (from === null || ahead?.key !== `${positionOf(from)} ${limit}`) return null;
    this.ahead = null;
    clearTimeout(ahead.timer);
    const again = (): Promise<Stretch> => this.log.after(from, limit, true);
    return ahead.stretch.then((stretch) => (stretch.atEnd || stretch.events.length < limit ? again() : stretch), again);
  }

  private async forwardFiltered(from: ServerPosition | null, limit: number, asked: Asked & { readonly filter: EventFilter }): Promise<Page> {
    if (from !== null && !this.given.has(positionOf(from))) await this.log.requireGiven(from);
    const onServer = this.serverFilter(asked.filter);
    if (onServer !== null && this.isLongRead(from)) {
      // In the middle of a long read the end, which is dear to find where other logs go on behind it, says nothing.
      const full = await this.log.afterFiltered(from, limit, onServer, true);
      if (full !== null && !full.atEnd && full.events.length === limit) return this.page(full, asked);
    }
    // The end first: what it says is there is there to be found by the read after it.
    const [end] = (await this.log.before(null, 1)).events;
    if (end === undefined || (from !== null && comparePositions(end, from) <= 0)) return { events: [], next: null, atHead: true };
    const found = onServer === null ? null : await this.log.afterFiltered(from, limit, onServer, this.isLongRead(from) || limit >= LONG_LIMIT_EVENTS);
    if (found === null) return this.forwardLooking(from, limit, asked);
    const last = found.events.at(-1);
    const next = found.atEnd && (last === undefined || comparePositions(last, end) < 0) ? end : last;
    return { ...(await this.page(found, asked)), next: next === undefined ? null : positionOf(next), atHead: found.atEnd };
  }

  /** The part of a filter that the server can see to; the rest is seen to here. */
  private serverFilter({ categories, types }: EventFilter): ServerFilter | null {
    if (categories !== undefined && categories.length > 0) return this.log.names.ofCategories(categories);
    return types !== undefined && types.length > 0 ? { on: 'type', prefixes: types } : null;
  }

  private async forwardLooking(from: ServerPosition | null, limit: number, asked: Asked): Promise<Page> {
    const events: RecordedEvent[] = [];
    let at = from;
    for (let looked = 0; ; ) {
      const stretch = await this.log.after(at, WINDOW_PAGE_EVENTS, looked > 0 || this.isLongRead(at));
      const page = await this.page(stretch, asked, limit - events.length);
      events.push(...page.events);
      at = page.next === null ? at : parsePosition(page.next);
      looked += stretch.events.length;
      if (page.atHead || events.length >= limit || looked >= WINDOW_EVENTS) return { events, next: looked === 0 || at === null ? null : positionOf(at), atHead: page.atHead };
    }
  }

  private async backward(from: ServerPosition | null, limit: number, asked: Asked): Promise<Page> {
    if (from !== null && !this.given.has(positionOf(from))) await this.log.requireGiven(from);
    const events: RecordedEvent[] = [];
    let at = from;
    for (let looked = 0; ; ) {
      const stretch = await this.log.before(at, asked.filter === undefined ? limit + 1 : WINDOW_PAGE_EVENTS);
      const page = await this.page(stretch, asked, limit - events.length);
      events.push(...page.events);
      at = page.next === null ? at : parsePosition(page.next);
      looked += stretch.events.length;
      if (page.atHead || events.length >= limit || looked >= WINDOW_EVENTS) return this.givenBy({ events, next: looked === 0 || at === null ? null : positionOf(at), atHead: page.atHead });
    }
  }

  /** The page of a stretch, at most so many events of it: where it is cut short there is more of it. */
  private async page(stretch: Stretch, { filter, verify }: Asked, limit = Number.MAX_SAFE_INTEGER): Promise<Page> {
    const shown: KeptEvent[] = [];
    let looked = 0;
    for (const event of stretch.events) {
      if (shown.length === limit) break;
      looked++;
      if (!isOfStores(event.name) && passes(filter, event.name, event.type)) shown.push(event);
    }
    const last = stretch.events[looked - 1];
    return { events: await this.recorded(shown, verify), next: last === undefined ? null : positionOf(last), atHead: stretch.atEnd && looked === stretch.events.length };
  }

  private isLongRead(from: ServerPosition | null): boolean {
    return from !== null && this.longReads.has(positionOf(from));
  }

  private noteLongRead(next: Position | null, limit: number): void {
    if (next === null || limit < LONG_PAGE_EVENTS) return;
    if (this.longReads.size >= GIVEN_REMEMBERED_MAX) this.longReads.clear();
    this.longReads.add(next);
  }

  private givenBy(page: Page): Page {
    if (this.given.size >= GIVEN_REMEMBERED_MAX) this.given.clear();
    if (page.next !== null) this.given.add(page.next);
    return page;
  }

  private async recorded(events: readonly KeptEvent[], verify = false): Promise<readonly RecordedEvent[]> {
    await this.times.cover(events);
    const recorded: RecordedEvent[] = [];
    for (const event of events) {
      if (recorded.length % SLICE_EVENTS === SLICE_EVENTS - 1) await setImmediate();
      recorded.push(toRecordedEvent({ position: positionOf(event), hash: event.beside.hash, canonical: canonicalOf(event) }, this.times.isLifted(event) ? await this.times.of(event) : event.beside.known, this.upcasters, verify));
    }
    return recorded;
  }

  readonly readRaw: EventStore['readRaw'] = async (from, limit) => {
    const events = await this.rawAfter(from, pageLimit(limit));
    verifyChain(events, await this.hashesBefore(events));
    this.rememberHashes(events);
    this.noteLongRead(events.length < pageLimit(limit) ? null : (events.at(-1)?.position ?? null), limit);
    return events;
  };

  /** As kept, not verified. */
  async rawAfter(from: Position | null, limit: number): Promise<readonly RawEvent[]> {
    const at = from === null ? null : parsePosition(from);
    const { events } = await this.log.after(at, limit, this.isLongRead(at) || limit >= LONG_LIMIT_EVENTS);
    return events.map(rawOf);
  }

  async hashesBefore(events: readonly RawEvent[]): Promise<ReadonlyMap<string, string>> {
    const hashes = new Map<string, string>();
    const unknown: Link[] = [];
    for (const link of linksNeeded(events)) {
      const last = this.lastHashes.get(link.stream);
      if (last?.revision === link.revision) hashes.set(linkKey(link), last.hash);
      else unknown.push(link);
    }
    await inParallel(unknown, STREAMS_AT_ONCE, async (link) => {
      const read = await this.log.server.readStream(this.log.names.onServer(link.stream), { fromRevision: link.revision, backward: false, limit: 1, deadlineMs: STREAM_DEADLINE_MS });
      const [event] = keptEvents(read ?? [], this.log.names);
      if (event?.revision === link.revision) hashes.set(linkKey(link), event.beside.hash);
    });
    return hashes;
  }

  /** Of verified events only. */
  rememberHashes(events: readonly RawEvent[]): void {
    for (const { stream, revision, hash } of events) {
      this.lastHashes.delete(stream);
      this.lastHashes.set(stream, { revision, hash });
    }
    for (const stream of this.lastHashes.keys()) {
      if (this.lastHashes.size <= HASHES_REMEMBERED_MAX) break;
      this.lastHashes.delete(stream);
    }
  }

  readonly headPosition: EventStore['headPosition'] = async () => {
    const last = await this.log.lastBefore(null, (event) => !isOfStores(event.name));
    return last === null ? null : positionOf(last);
  };

  comparePositions(a: Position, b: Position): number {
    return comparePositions(parsePosition(a), parsePosition(b));
  }
}
