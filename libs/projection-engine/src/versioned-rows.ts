import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { arrayText } from './array-text';
import type { RowChanges, VersionedTable } from './versioned-table';

/** Many small writes to a COPY are a hundred times slower than few large ones. */
const CHUNK_BYTES = 65_536;

/** Writes the changes of one table. In the caller's transaction. */
export async function writeChanges<Row>(
  client: ClientBase,
  schema: string,
  table: VersionedTable<Row>,
  changes: RowChanges,
): Promise<void> {
  if (changes.ended.length > 0) await endVersions(client, schema, table, changes.ended);
  if (changes.added.length > 0) await addVersions(client, schema, table, changes.added.written);
}

async function endVersions<Row>(
  client: ClientBase,
  schema: string,
  { name, key }: VersionedTable<Row>,
  ended: RowChanges['ended'],
): Promise<void> {
  const keys = key.map((column, index) => ({
    column,
    alias: `k${index}`,
    cells: ended.map((version) => version.key[index] ?? null),
  }));
  const { rowCount } = await client.query({
    name: `end_${schema}_${name}`,
    text: `update ${schema}.${name} t set known_to = u.ended_at
     from unnest(${keys.map(({ column }, index) => `$${index + 1}::${column.type}[]`).join(', ')}, $${keys.length + 1}::timestamptz[])
       as u (${keys.map(({ alias }) => alias).join(', ')}, ended_at)
     where ${keys.map(({ column, alias }) => `t.${column.name} = u.${alias}`).join(' and ')} and t.known_to = 'infinity'`,
    values: [...keys.map(({ cells }) => arrayText(cells)), arrayText(ended.map(({ knownTo }) => knownTo))],
  });
  // Rows and events must tell the same story: anything else is a defect, and nothing may be built on it.
  if (rowCount !== ended.length)
    throw new Error(`${name}: ${ended.length} versions should have ended, ${rowCount} did.`);
}

async function addVersions<Row>(
  client: ClientBase,
  schema: string,
  table: VersionedTable<Row>,
  rows: Buffer,
): Promise<void> {
  const columns = [...table.key, ...table.columns].map(({ name }) => name);
  const copy = client.query(
    copyFrom(`copy ${schema}.${table.name} (${columns.join(', ')}, known_from, known_to) from stdin (format binary)`),
  );
  await pipeline(Readable.from(chunksOf(rows)), copy);
}

/** Signature, no flags, no extension. */
const COPY_HEADER = Buffer.from('PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const COPY_TRAILER = Buffer.from([0xff, 0xff]);

function* chunksOf(rows: Buffer): Generator<Buffer> {
  yield COPY_HEADER;
  for (let from = 0; from < rows.length; from += CHUNK_BYTES) yield rows.subarray(from, from + CHUNK_BYTES);
  yield COPY_TRAILER;
}
