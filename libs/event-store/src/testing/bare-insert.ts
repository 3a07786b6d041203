import { Client } from 'pg';
import type { NewRow } from '../append-rules';
import { migrateEventStore } from '../postgres/migrations';
import { parseCanonical } from '../reading';
import type { RawEvent } from '../port';

/** A row as the log keeps it, made beforehand. */
export type BareRow = NewRow;

export function bareRows(events: readonly RawEvent[], firstPosition: number): readonly BareRow[] {
  return events.map((event, index) => {
    const { id, type, recordedAt } = parseCanonical(event.canonical).envelope;
    return { position: firstPosition + index, stream: event.stream, revision: event.revision, id, type, recordedAt, hash: event.hash, canonical: event.canonical };
  });
}

const COLUMNS = 'position, stream, revision, event_id, type, hash, canonical';
const BATCH = `insert into event_store.events (${COLUMNS})
  select * from unnest($1::bigint[], $2::text[], $3::int[], $4::uuid[], $5::text[], $6::bytea[], $7::text[])`;
const ONE = `insert into event_store.events (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)`;

/** What PostgreSQL can do at most: the log's own table with its indexes and constraints, and nothing asked, locked or hashed. */
export class BareInsert {
  private constructor(private readonly clients: readonly Client[]) {}

  static async into(databaseUrl: string, connections: number): Promise<BareInsert> {
    await migrateEventStore(databaseUrl);
    const clients = Array.from({ length: connections }, () => new Client({ connectionString: databaseUrl }));
    // A lost connection fails the statement on it.
    for (const client of clients) client.on('error', () => undefined);
    await Promise.all(clients.map((client) => client.connect()));
    return new BareInsert(clients);
  }

  async batch(connection: number, rows: readonly BareRow[]): Promise<void> {
    await this.clients[connection]?.query({
      name: 'batch',
      text: BATCH,
      values: [
        rows.map((row) => row.position),
        rows.map((row) => row.stream),
        rows.map((row) => row.revision),
        rows.map((row) => row.id),
        rows.map((row) => row.type),
        rows.map((row) => Buffer.from(row.hash, 'hex')),
        rows.map((row) => row.canonical),
      ],
    });
  }

  async one(connection: number, row: BareRow): Promise<void> {
    const values = [row.position, row.stream, row.revision, row.id, row.type, Buffer.from(row.hash, 'hex'), row.canonical];
    await this.clients[connection]?.query({ name: 'one', text: ONE, values });
  }

  async count(): Promise<number> {
    const result = await this.clients[0]?.query<{ count: string }>('select count(*) from event_store.events');
    return Number(result?.rows[0]?.count);
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end()));
  }
}
