import { isConnectionLost } from '@bestendig/postgres';
import type { Client, QueryArrayConfig } from 'pg';
import type { LogEnd, NewRow, StreamState } from '../append-rules';
import { microsOf } from '../instants';
import { NO_EVENTS } from '../port';
import { parseCanonical } from '../reading';
import { AppendConnection } from './append-connection';
import { allAnswers, type LockLimits } from './connection';

/** What the lock's holder wants to know of streams: where they end, and which of these ids they hold. */
export type Asked = ReadonlyMap<string, readonly string[]>;
export const NOTHING_ASKED: Asked = new Map();

/** The log while its lock is held. */
export type LockedLog = { readonly client: Client; readonly end: LogEnd; readonly nowUs: bigint; readonly streams: ReadonlyMap<string, StreamState> };
/** What to answer, and the statements to send together with the commit. */
export type Decided<T> = { readonly result: T; readonly statements: readonly QueryArrayConfig[] };

type HeadRow = [floorUs: string | null, running: string | null, restoring: string | null];
type LookRow = [kind: number, stream: number, revision: number, hash: string, position: string | null, canonical: string | null];

// Appends lock the row and do not write it: a row written a thousand times a second would leave as many dead ones to
// step over for as long as somebody holds an old snapshot.
const LOCK: QueryArrayConfig = { name: 'lock', rowMode: 'array', text: 'select floor_us, running, restoring from event_store.head where one_row for update' };

/** Kinds of rows that LOOK gives: the server's clock, the last event of the log, the last of a stream, an id that is there. */
const [CLOCK, STREAM_END, LAST] = [0, 1, 3];

// A statement of its own after the lock, because a statement sees what was committed before it began.
const LOOK = `
  with asked as (select * from unnest($1::text[]) with ordinality as asked(stream, number)),
    ends as materialized (
      select asked.number, asked.stream, last.revision, last.hash from asked
      cross join lateral (select revision, hash from event_store.events e where e.stream = asked.stream order by revision desc limit 1) last)
  select 0, 0, -1, event_store.clock_us()::text, null::bigint, null::text
  union all (select 3, 0, revision, coalesce((select known_us from event_store.lifted l where l.position = e.position)::text, ''), position, canonical
    from event_store.events e order by position desc limit 1)
  union all select 1, number, revision, encode(hash, 'hex'), null, null from ends
  union all select 2, ends.number, known.revision, encode(known.hash, 'hex'), known.position, known.canonical
    from unnest($2::int[], $3::uuid[]) as ids(number, id) join ends using (number)
    cross join lateral (select * from event_store.events e where e.stream = ends.stream and e.event_id = ids.id limit 1) known`;

/**
 * The short lock that only appends take. One connection, one holder in this process at a time; between processes the
 * head row's lock decides, so what is committed becomes visible in the order of positions.
 */
export class LogLock {
  private readonly connection: AppendConnection;

  constructor(databaseUrl: string, limits: LockLimits) {
    this.connection = new AppendConnection(databaseUrl, limits);
  }

  /** Runs `decide` under the lock and commits what it decides. @throws what the connection throws; the lock is free then. */
  withLock<T>(asked: Asked, decide: (log: LockedLog) => Decided<T> | Promise<Decided<T>>): Promise<T> {
    return this.connection.inTurn(async (client) => {
      try {
        const log = await lockAndLook(client, asked);
        const { result, statements } = await decide(log);
        await allAnswers([...statements.map((statement) => client.query(statement)), client.query('commit')]);
        return result;
      } catch (error) {
        await this.letGo(client, error);
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async letGo(client: Client, error: unknown): Promise<void> {
    try {
      if (isConnectionLost(error)) throw error;
      await client.query('rollback');
    } catch {
      this.connection.forget(client);
    }
  }
}

async function lockAndLook(client: Client, asked: Asked): Promise<LockedLog> {
  const names = [...asked.keys()];
  const numbers: number[] = [];
  const ids: string[] = [];
  names.forEach((name, index) => {
    for (const id of asked.get(name) ?? []) {
      numbers.push(index + 1);
      ids.push(id);
    }
  });
  // Names and ids were checked to hold nothing that an array's text would have to escape.
  const values = [arrayText(names), arrayText(numbers), arrayText(ids)];
  const [, heads, looks] = await allAnswers([
    client.query('begin'),
    client.query<HeadRow>(LOCK),
    client.query<LookRow>({ name: 'look', rowMode: 'array', text: LOOK, values }),
  ]);
  const head = heads.rows[0];
  if (head === undefined) throw new Error('The event store has no head row.');
  const streams = new Map<string, StreamState>(names.map((name) => [name, { revision: NO_EVENTS, hash: null, known: new Map() }]));
  const end = { position: 0, lastRecordedUs: null, floorUs: microsOrNull(head[0]), running: head[1], restoring: head[2] };
  const log: LockedLog & { nowUs: bigint } = { client, end, nowUs: 0n, streams };
  for (const row of looks.rows) {
    if (row[0] === CLOCK) log.nowUs = BigInt(row[3]);
    else if (row[0] === LAST) fillInEnd(log.end, row);
    else fillIn(streams.get(names[row[1] - 1] ?? ''), row);
  }
  return log;
}

function fillInEnd(end: LogEnd, [, , , knownUs, position, canonical]: LookRow): void {
  if (canonical === null) return;
  end.position = Number(position);
  end.lastRecordedUs = knownUs === '' ? microsOf(parseCanonical(canonical).envelope.recordedAt) : BigInt(knownUs);
}

function fillIn(state: StreamState | undefined, [kind, , revision, hash, position, canonical]: LookRow): void {
  if (state === undefined) return;
  if (kind === STREAM_END) {
    state.revision = revision;
    state.hash = hash;
  } else if (canonical !== null) {
    const { id, recordedAt, messageDigest } = parseCanonical(canonical).envelope;
    state.known.set(id, { revision, recordedAt, position: Number(position), digest: messageDigest, hash });
  }
}

function microsOrNull(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}

export function arrayText(items: readonly (string | number)[]): string {
  return `{${items.join(',')}}`;
}

// The texts come as one run of bytes, cut up here: a text or an array of texts would be checked, copied and scanned
// several times over, which costs more than the insert itself.
const KEEP = `
  with kept as (
    insert into event_store.events (position, stream, revision, event_id, type, hash, canonical)
    select $1::bigint + number, stream, revision, id, type, substring($2::bytea from 32 * number::int - 31 for 32),
      convert_from(substring($3::bytea from start for length), 'UTF8')
    from rows from (unnest($4::text[]), unnest($5::int[]), unnest($6::uuid[]), unnest($7::text[]), unnest($8::int[]), unnest($9::int[]))
      with ordinality as given(stream, revision, id, type, start, length, number))
  select pg_notify('event_store_appended', '')`;

/** Keeps the rows and wakes those who follow the log, when it commits. */
export function keepStatement(rows: readonly NewRow[]): QueryArrayConfig {
  const { bytes, starts, lengths } = texts(rows);
  const values = [
    (rows[0]?.position ?? 1) - 1,
    Buffer.from(rows.map((row) => row.hash).join(''), 'hex'),
    bytes,
    arrayText(rows.map((row) => row.stream)),
    arrayText(rows.map((row) => row.revision)),
    arrayText(rows.map((row) => row.id)),
    arrayText(rows.map((row) => row.type)),
    arrayText(starts),
    arrayText(lengths),
  ];
  return { name: 'keep', rowMode: 'array', text: KEEP, values };
}

/** All canonical texts in UTF-8, one after the other, and where each begins (from 1, as SQL counts) and how long it is. */
function texts(rows: readonly NewRow[]): { readonly bytes: Buffer; readonly starts: readonly number[]; readonly lengths: readonly number[] } {
  const all = rows.map((row) => row.canonical).join('');
  const bytes = Buffer.from(all);
  // Mostly plain ASCII: then a text has as many bytes as characters.
  const ascii = bytes.length === all.length;
  const starts: number[] = [];
  const lengths: number[] = [];
  let start = 1;
  for (const { canonical } of rows) {
    const length = ascii ? canonical.length : Buffer.byteLength(canonical);
    starts.push(start);
    lengths.push(length);
    start += length;
  }
  return { bytes, starts, lengths };
}
