import type { Difference } from '@bestendig/read-store';
import type { ClientBase } from 'pg';
import { makeWay, othersAreServed } from './making-way';
import { tablesOf, type ProjectionSet } from './projection';
import type { VersionedTable } from './versioned-table';

/** Of one table: its rows, and the sum of their hashes modulo 2^128 (as two sums modulo 2^64), which no order of rows changes. */
export type TableChecksum = {
  readonly table: string;
  readonly rows: number;
  readonly sum: string;
  /** The same for each part of the table, so that a difference is found in a small place. */
  readonly parts: ReadonlyMap<number, { readonly rows: number; readonly sum: string }>;
};

const PARTS = 64;
const EXAMPLES = 5;
const TWO_64 = 1n << 64n;

/** By table, the columns that are looked at, as text of a row `t`. */
export type Looked = ReadonlyMap<string, string>;

/** All tables of a set, and all their columns. */
export const wholeRows = (set: ProjectionSet): Looked => new Map(tablesOf(set).map(({ name }) => [name, 't::text']));

/** The tables that both builds have under one name and key, and the columns that they have in common, of whatever type. */
export async function commonColumns(
  client: ClientBase,
  set: ProjectionSet,
  [one, other]: readonly [string, string],
): Promise<Looked> {
  const { rows } = await client.query<{ table: string; columns: readonly string[] }>(
    `select table_name as "table", array_agg(column_name::text order by column_name) as columns
     from information_schema.columns a join information_schema.columns b using (table_name, column_name)
     where a.table_schema = $1 and b.table_schema = $2 group by 1`,
    [one, other],
  );
  const common = new Map(rows.map(({ table, columns }) => [table, columns]));
  const looked = new Map<string, string>();
  for (const { name, key } of tablesOf(set)) {
    const columns = common.get(name) ?? [];
    if (key[0] !== undefined && columns.includes(key[0].name))
      looked.set(name, `row(${columns.map((column) => `t.${column}`).join(', ')})::text`);
  }
  return looked;
}

/**
 * What two builds are compared by: equal where both hold the same rows. Only builds in one server may be compared, in
 * one session: the hash is PostgreSQL's own, over the row's text.
 */
export async function checksumOf(
  client: ClientBase,
  set: ProjectionSet,
  schema: string,
  looked: Looked = wholeRows(set),
): Promise<readonly TableChecksum[]> {
  const checksums: TableChecksum[] = [];
  for (const table of tablesOf(set)) {
    const row = looked.get(table.name);
    if (row === undefined) continue;
    const begun = performance.now();
    const besideOthers = await othersAreServed(client);
    await client.query(`set max_parallel_workers_per_gather ${besideOthers ? '= 0' : 'to default'}`);
    // Sums of bigint are exact, as many as there are. The offset keeps a row's text from being made twice.
    const { rows } = await client.query<{ part: number; rows: number; one: string; two: string }>(
      `select part, count(*)::float8 as rows, sum(hashtextextended(row, 0))::text as one, sum(hashtextextended(row, 1))::text as two
       from (select ${partOf(table)} as part, ${row} as row from ${schema}.${table.name} t offset 0) as texts group by 1 order by 1`,
    );
    await makeWay(client, performance.now() - begun);
    checksums.push({
      table: table.name,
      rows: rows.reduce((sum, part) => sum + part.rows, 0),
      sum: `${total(rows.map(({ one }) => one))}-${total(rows.map(({ two }) => two))}`,
      parts: new Map(
        rows.map(({ part, rows: count, one, two }) => [part, { rows: count, sum: `${total([one])}-${total([two])}` }]),
      ),
    });
  }
  return checksums;
}

/** Empty where both builds hold the same rows. */
export async function differencesOf(
  client: ClientBase,
  set: ProjectionSet,
  live: { readonly schema: string; readonly checksum: readonly TableChecksum[] },
  built: { readonly schema: string; readonly checksum: readonly TableChecksum[] },
  looked: Looked = wholeRows(set),
): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  for (const table of tablesOf(set)) {
    const row = looked.get(table.name);
    if (row === undefined) continue;
    const [one, two] = [live, built].map(({ checksum }) => checksum.find((each) => each.table === table.name));
    const parts = [...new Set([...(one?.parts.keys() ?? []), ...(two?.parts.keys() ?? [])])].filter((part) => {
      const [before, after] = [one?.parts.get(part), two?.parts.get(part)];
      return before?.sum !== after?.sum || before?.rows !== after?.rows;
    });
    if (parts.length === 0) continue;
    const examples = await examplesOf(client, { table, row }, [live.schema, built.schema], parts[0] ?? 0);
    found.push({ table: table.name, liveRows: one?.rows ?? 0, builtRows: two?.rows ?? 0, parts: `${parts.length} of ${PARTS}`, examples }); // prettier-ignore
  }
  return found;
}

async function examplesOf(
  client: ClientBase,
  { table, row }: { readonly table: VersionedTable<never>; readonly row: string },
  [one = '', other = '']: readonly string[],
  part: number,
): Promise<readonly string[]> {
  const id = table.key[0]?.name ?? '';
  const rowsOf = (schema: string): string =>
    `select ${id}, ${row} from ${schema}.${table.name} t where ${partOf(table)} = ${part}`;
  const { rows } = await client.query<{ id: string }>(
    `select distinct ${id}::text as id from (
       (${rowsOf(one)} except all ${rowsOf(other)}) union (${rowsOf(other)} except all ${rowsOf(one)})) differs
     order by 1 limit ${EXAMPLES}`,
  );
  return rows.map((row) => row.id);
}

const partOf = (table: VersionedTable<never>): string =>
  `(hashtextextended(t.${table.key[0]?.name ?? ''}::text, 0) & ${PARTS - 1})::int`;

/** Hashes are signed; the sum is brought to 0 .. 2^64 - 1. */
function total(sums: readonly string[]): bigint {
  let all = 0n;
  for (const sum of sums) all += BigInt(sum);
  return ((all % TWO_64) + TWO_64) % TWO_64;
}
