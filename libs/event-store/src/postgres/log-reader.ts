import { isConnectionLost, openPool } from '@bestendig/postgres';
import type { Pool, QueryArrayConfig } from 'pg';
import { linkKey, linksNeeded, verifyChain } from '../chain';
import { instantOf } from '../instants';
import { EventStoreError, type EventFilter, type EventStore, type Page, type Position, type RawEvent, type RecordedEvent } from '../port';
import { isOfStores, OF_STORES, pageLimit, positionNumber, positionText, toRecordedEvent, type Upcasters } from '../reading';
import { codedError } from './connection';
import { arrayText } from './log-lock';

export const MARK = 'p';
/** A filtered page looks at no more of the log than this, so that it always comes soon. */
const WINDOW_EVENTS = 50_000;

type EventRow = [position: string, hash: string, canonical: string, knownUs: string | null];
type ReadAllOptions = NonNullable<Parameters<EventStore['readAll']>[1]>;
type RawRow = [position: string, stream: string, revision: number, hash: string, canonical: string];

// A page looks for lifted events in its own stretch of the log; a stream, whose events lie far apart, one by one.
const COLUMNS = `e.position, encode(e.hash, 'hex'), e.canonical`;
const OF_STREAM = `select ${COLUMNS}, (select known_us from event_store.lifted l where l.position = e.position) from event_store.events e`;
const OF_LOG = (stretch: string): string =>
  `select ${COLUMNS}, l.known_us from event_store.events e left join event_store.lifted l on l.position = e.position and ${stretch.replaceAll('e.', 'l.')} where ${stretch}`;
const RAW = `select position, stream, revision, encode(hash, 'hex'), canonical from event_store.events e`;

/** Every read: on connections of its own, waiting for nothing, since what is visible is whole. */
export class LogReader {
  private readonly pool: Pool;

  constructor(
    databaseUrl: string,
    maxConnections: number,
    private readonly upcasters: Upcasters,
    private readonly windowEvents = WINDOW_EVENTS,
  ) {
    // Statistics lag behind a fast import: always by index.
    this.pool = openPool({ databaseUrl, name: 'event store (read)', maxConnections, settings: '-c enable_seqscan=off -c enable_bitmapscan=off' });
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  readonly readStream: EventStore['readStream'] = async (stream, options = {}) => {
    if (isOfStores(stream)) return [];
    const backward = options.direction === 'backward';
    const rows = await this.rows<EventRow>({
      name: `stream-${backward ? 'backward' : 'forward'}`,
      text: `${OF_STREAM} where e.stream = $1 and e.revision ${backward ? '<=' : '>='} $2 order by e.revision ${backward ? 'desc' : 'asc'} limit $3`,
      values: [stream, options.fromRevision ?? (backward ? 2 ** 31 - 1 : 0), options.limit ?? null],
    });
    return rows.map((row) => this.recorded(row));
  };

  readonly readStreams: EventStore['readStreams'] = async (streams) => {
    const found = new Map<string, RecordedEvent[]>();
    const shown = streams.filter((stream) => !isOfStores(stream));
    if (shown.length === 0) return found;
    const rows = await this.rows<EventRow>({ name: 'streams', text: `${OF_STREAM} where e.stream = any($1::text[]) order by e.stream, e.revision`, values: [shown] });
    for (const row of rows) {
      const event = this.recorded(row);
      const events = found.get(event.stream);
      if (events === undefined) found.set(event.stream, [event]);
      else events.push(event);
    }
    return found;
  };

  readonly streamsOf: EventStore['streamsOf'] = async (category, after, limit) => {
    if (isOfStores(`${category}-`)) return [];
    // The names of a category lie between `category-` and `category.`, the next character.
    const rows = await this.rows<[stream: string]>({
      name: 'streams-of',
      text: 'select stream from event_store.events where revision = 0 and stream > $1 and stream < $2 order by stream limit $3',
      values: [after ?? `${category}-`, `${category}.`, limit],
    });
    return rows.map(([stream]) => stream);
  };

  readonly readAll: EventStore['readAll'] = async (from, options = {}) => {
    const limit = pageLimit(options.limit);
    const after = from === null ? null : positionNumber(MARK, from);
    if (options.direction === 'backward') return this.backward(after, limit, options);
    return options.filter === undefined ? this.forward(after, limit, options.verify) : this.forwardFiltered(after, limit, options.filter, options.verify);
  };

  private async forward(after: number | null, limit: number, verify = false): Promise<Page> {
    const rows = await this.rows<EventRow>({ name: 'all', text: `${OF_LOG('e.position > $1')} order by e.position limit $2`, values: [after ?? 0, limit] });
    if (rows.length === 0) await this.requireGiven(after);
    return { events: this.shown(rows, verify), next: lastPosition(rows), atHead: rows.length < limit };
  }

  private async forwardFiltered(after: number | null, limit: number, filter: EventFilter, verify = false): Promise<Page> {
    const from = after ?? 0;
    // The head first: what it says is visible is visible to the statement after it.
    const head = await this.head();
    if (from > head) throw neverGiven();
    const until = Math.min(head, from + this.windowEvents);
    if (until === from) return { events: [], next: null, atHead: true };
    const rows = await this.rows<EventRow>({
      name: 'all-filtered',
      text: `${OF_LOG('e.position > $1 and e.position <= $2')} ${FILTER} order by e.position limit $5`,
      values: [from, until, ...filterValues(filter), limit],
    });
    const next = rows.length === limit ? lastPosition(rows) : positionText(MARK, until);
    return { events: this.shown(rows, verify), next, atHead: next === positionText(MARK, head) };
  }

  private async backward(before: number | null, limit: number, { filter, verify = false }: Pick<ReadAllOptions, 'filter' | 'verify'>): Promise<Page> {
    const from = before ?? (await this.head()) + 1;
    await this.requireGiven(before);
    const until = Math.max(0, from - 1 - this.windowEvents);
    const rows = await this.rows<EventRow>({
      name: 'all-backward',
      text: `${OF_LOG('e.position < $1 and e.position > $2')} ${FILTER} order by e.position desc limit $5`,
      values: [from, until, ...filterValues(filter), limit],
    });
    if (from <= 1) return { events: [], next: null, atHead: true };
    const next = rows.length === limit ? lastPosition(rows) : positionText(MARK, until + 1);
    return { events: this.shown(rows, verify), next, atHead: next === positionText(MARK, 1) };
  }

  readonly readRaw: EventStore['readRaw'] = async (from, limit) => {
    const after = from === null ? null : positionNumber(MARK, from);
    const events = await this.rawAfter(after ?? 0, pageLimit(limit));
    if (events.length === 0) await this.requireGiven(after);
    verifyChain(events, await this.hashesBefore(events));
    return events;
  };

  /** As kept, not verified. */
  async rawAfter(position: number, limit: number): Promise<readonly RawEvent[]> {
    const rows = await this.rows<RawRow>({ name: 'raw', text: `${RAW} where position > $1 order by position limit $2`, values: [position, limit] });
    return rows.map(([at, stream, revision, hash, canonical]) => ({ position: positionText(MARK, Number(at)), stream, revision, hash, canonical }));
  }

  async hashesBefore(events: readonly RawEvent[]): Promise<ReadonlyMap<string, string>> {
    const links = linksNeeded(events);
    if (links.length === 0) return new Map();
    const rows = await this.rows<[stream: string, revision: number, hash: string]>({
      name: 'hashes-before',
      text: `select e.stream, e.revision, encode(e.hash, 'hex') from unnest($1::text[], $2::int[]) as link(stream, revision)
        cross join lateral (select * from event_store.events e where e.stream = link.stream and e.revision = link.revision limit 1) e`,
      values: [arrayText(links.map((link) => link.stream)), arrayText(links.map((link) => link.revision))],
    });
    return new Map(rows.map(([stream, revision, hash]) => [linkKey({ stream, revision }), hash]));
  }

  readonly headPosition: EventStore['headPosition'] = async () => {
    const rows = await this.rows<[position: string]>({ name: 'head-shown', text: `select position from event_store.events where not starts_with(stream, $1) order by position desc limit 1`, values: [OF_STORES] });
    return lastPosition(rows);
  };

  private async head(): Promise<number> {
    const rows = await this.rows<[position: string]>({ name: 'head', text: 'select coalesce(max(position), 0) from event_store.events' });
    return Number(rows[0]?.[0] ?? 0);
  }

  /** A position beyond the end was given by another log: waiting there would be silence. */
  private async requireGiven(position: number | null): Promise<void> {
    if (position !== null && position > (await this.head())) throw neverGiven();
  }

  /** Without what stores write for themselves: looked for here, since the database would look at every event twice. */
  private shown(rows: readonly EventRow[], verify: boolean): readonly RecordedEvent[] {
    return rows.map((row) => this.recorded(row, verify)).filter((event) => !isOfStores(event.stream));
  }

  private recorded([position, hash, canonical, knownUs]: EventRow, verify = false): RecordedEvent {
    const raw = { position: positionText(MARK, Number(position)), hash, canonical };
    return toRecordedEvent(raw, knownUs === null ? null : instantOf(BigInt(knownUs)), this.upcasters, verify);
  }

  private async rows<Row extends unknown[]>(query: Omit<QueryArrayConfig, 'rowMode'>): Promise<readonly Row[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        return (await this.pool.query<Row>({ ...query, rowMode: 'array' })).rows;
      } catch (error) {
        // A pooled connection may have died unseen; reading again changes nothing.
        if (attempt === 0 && isConnectionLost(error)) continue;
        throw codedError(error);
      }
    }
  }
}

const FILTER = `and ($3::text[] is null or split_part(e.stream, '-', 1) = any($3)) and ($4::text[] is null or e.type = any($4))`;

function filterValues(filter: EventFilter | undefined): readonly (readonly string[] | null)[] {
  return [filter?.categories ?? null, filter?.types ?? null];
}

function lastPosition(rows: readonly (readonly [position: string, ...rest: unknown[]])[]): Position | null {
  const last = rows.at(-1);
  return last === undefined ? null : positionText(MARK, Number(last[0]));
}

function neverGiven(): EventStoreError {
  return new EventStoreError('positionUnknown', 'This store never gave that position.');
}
