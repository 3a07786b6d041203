import { loadHistories, runProjector, type ProjectionSet } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import type { EventStore } from '@bestendig/event-store';
import { Client } from 'pg';
import { placementsOf, type LoggedEvent } from './random-logs';

const TABLES = ['placement', 'spell', 'parked_fact', 'chain', 'chain_piece'] as const;
export type Rows = { readonly [table: string]: readonly string[] };

/** Every row of a build as text, sorted. */
export async function rowsIn(databaseUrl: string, schema: string): Promise<Rows> {
  return withClient(databaseUrl, async (client) => {
    await client.query(`set timezone = 'UTC'`);
    const rows: Record<string, readonly string[]> = {};
    for (const table of TABLES) {
      const found = await client.query<{ row: string }>(`select t::text as row from ${schema}.${table} t order by 1`);
      rows[table] = found.rows.map(({ row }) => row);
    }
    return rows;
  });
}

/** The rows that all events at once come to, made beside whatever the database holds; it holds nothing afterwards. */
export async function rowsAtOnce(
  databaseUrl: string,
  log: readonly LoggedEvent[],
  set: ProjectionSet = READ_MODELS,
): Promise<Rows> {
  await forget(databaseUrl);
  const { schema } = await loadHistories(set, databaseUrl, [placementsOf(log)]);
  const rows = await rowsIn(databaseUrl, schema);
  await forget(databaseUrl);
  return rows;
}

/** Runs a projector until it has come to the end of the log. */
export async function projectAll(
  databaseUrl: string,
  store: EventStore,
  pageEvents: number,
  set: ProjectionSet = READ_MODELS,
): Promise<void> {
  const done = new AbortController();
  await runProjector({
    set,
    store,
    databaseUrl,
    pageEvents,
    signal: done.signal,
    onProgress: ({ atHead }) => (atHead ? done.abort() : undefined),
  });
}

/** Drops all read models. */
export async function forget(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select nspname as name from pg_namespace where nspname like 'read\\_%'`,
    );
    for (const { name } of rows) await client.query(`drop schema ${name} cascade`);
  });
}

export async function withClient<Result>(
  databaseUrl: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
