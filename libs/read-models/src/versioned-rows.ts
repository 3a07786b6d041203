import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { arrayText } from './array-text';
import type { Cell, Column, RowChanges, VersionedTable } from './versioned-table';

/** Many small writes to a COPY are a hundred times slower than few large ones. */
const CHUNK_CHARS = 65_536;

/** Writes the changes of one table. In the caller's transaction. */
export async function writeChanges<Row>(client: ClientBase, schema: string, table: VersionedTable<Row>, changes: RowChanges<Row>): Promise<void> {
  if (changes.ended.length > 0) await endVersions(client, schema, table, changes.ended);
  if (changes.added.length > 0) await addVersions(client, schema, table, changes.added);
}

async function endVersions<Row>(client: ClientBase, schema: string, table: VersionedTable<Row>, ended: RowChanges<Row>['ended']): Promise<void> {
  const keys = table.key.map((column, index) => ({ alias: `k${index}`, column }));
  const { rowCount } = await client.query(
    `update ${schema}.${table.name} t set known_to = u.ended_at
     from unnest(${[...keys.map(({ column }, index) => `$${index + 1}::${column.type}[]`), `$${keys.length + 1}::timestamptz[]`].join(', ')})
       as u (${[...keys.map(({ alias }) => alias), 'ended_at'].join(', ')})
     where ${keys.map(({ alias, column }) => `t.${column.name} = u.${alias}`).join(' and ')} and t.known_to = 'infinity'`,
    [...keys.map(({ column }) => arrayText(ended.map(({ row }) => column.of(row)))), arrayText(ended.map(({ knownTo }) => knownTo))],
  );
  // Rows and events must tell the same story: anything else is a defect, and nothing may be built on it.
  if (rowCount !== ended.length) throw new Error(`${table.name}: ${ended.length} versions should have ended, ${rowCount} did.`);
}

async function addVersions<Row>(client: ClientBase, schema: string, table: VersionedTable<Row>, added: RowChanges<Row>['added']): Promise<void> {
  const columns = [...table.key, ...table.columns];
  const names = [...columns.map(({ name }) => name), 'known_from', 'known_to'].join(', ');
  const copy = client.query(copyFrom(`copy ${schema}.${table.name} (${names}) from stdin`));
  await pipeline(Readable.from(copyText(columns, added), { objectMode: false }), copy);
}

function* copyText<Row>(columns: readonly Column<Row>[], added: RowChanges<Row>['added']): Generator<string> {
  let text = '';
  for (const { row, knownFrom, knownTo } of added) {
    for (const column of columns) text += `${copyCell(column.of(row))}\t`;
    text += `${knownFrom}\t${knownTo ?? 'infinity'}\n`;
    if (text.length >= CHUNK_CHARS) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

const COPY_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\uFFFD' };

function copyCell(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell !== 'string') return String(cell);
  // eslint-disable-next-line no-control-regex -- PostgreSQL text cannot hold NUL
  return /[\\\t\n\r\0]/.test(cell) ? cell.replace(/[\\\t\n\r\0]/g, (char) => COPY_ESCAPES[char] ?? char) : cell;
}
