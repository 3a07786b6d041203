import type { ClientBase } from 'pg';
import { arrayText } from './array-text';
import { tablesOf, type ProjectionSet } from './projection';
import { writeChanges } from './versioned-rows';
import { noChanges, tableStatements, type RowChanges, type VersionedTable } from './versioned-table';

/** What a part of the log does to the rows of the whole set. */
export type ChangeSet = {
  /** By table. */
  readonly rows: ReadonlyMap<string, RowChanges>;
  /** Placements, and chains, whose stored versions from a moment on are made anew. */
  readonly rewrittenPlacements: Rewritten[];
  readonly rewrittenChains: Rewritten[];
};
export type Rewritten = { readonly id: string; readonly from: string };

export const emptyChangeSet = (set: ProjectionSet): ChangeSet => ({
  rows: new Map(tablesOf(set).map(({ name }) => [name, noChanges()])),
  rewrittenPlacements: [],
  rewrittenChains: [],
});

export function changesOf({ rows }: ChangeSet, { name }: VersionedTable<never>): RowChanges {
  const changes = rows.get(name);
  if (changes === undefined) throw new Error(`${name} is no table of this set.`);
  return changes;
}

/** How much a change set holds, to go back to. */
export type Mark = readonly number[];

export const markOf = (changes: ChangeSet): Mark => listsOf(changes).map(({ length }) => length);

/** Forgets what was added after a mark. */
export function backTo(mark: Mark, changes: ChangeSet): void {
  listsOf(changes).forEach((list, index) => (list.length = mark[index] ?? 0));
}

function listsOf({ rows, rewrittenPlacements, rewrittenChains }: ChangeSet): { length: number }[] {
  const lists: { length: number }[] = [rewrittenPlacements, rewrittenChains];
  for (const { added, ended } of rows.values()) lists.push(added, ended);
  return lists;
}

/** In the caller's transaction. */
export async function writeChangeSet(
  client: ClientBase,
  set: ProjectionSet,
  schema: string,
  changes: ChangeSet,
): Promise<void> {
  for (const { table } of set.ofPlacements) await forgetFrom(client, schema, table, changes.rewrittenPlacements);
  for (const { table } of set.ofChains) await forgetFrom(client, schema, table, changes.rewrittenChains);
  for (const table of tablesOf(set)) await writeChanges(client, schema, table, changesOf(changes, table));
}

/** Puts a table back to what it said just before: versions that begin at or after the moment go, those that ended there are open again. */
async function forgetFrom(
  client: ClientBase,
  schema: string,
  { name, key: [id] }: VersionedTable<never>,
  rewritten: readonly Rewritten[],
): Promise<void> {
  if (rewritten.length === 0 || id === undefined) return;
  const values = [arrayText(rewritten.map((entry) => entry.id)), arrayText(rewritten.map(({ from }) => from))];
  const which = '(select * from unnest($1::uuid[], $2::timestamptz[]) u (id, moment)) u';
  await client.query(
    `delete from ${schema}.${name} t using ${which} where t.${id.name} = u.id and t.known_from >= u.moment`,
    values,
  );
  await client.query(
    `update ${schema}.${name} t set known_to = 'infinity' from ${which} where t.${id.name} = u.id and t.known_to >= u.moment and t.known_to < 'infinity'`,
    values,
  );
}

/** Tables without keys: a bulk load fills them first. */
export async function createBareTables(client: ClientBase, set: ProjectionSet, schema: string): Promise<void> {
  for (const table of tablesOf(set))
    for (const statement of tableStatements(table, schema).create) await client.query(statement);
}

/** Keys and indexes of one table; may be run again. */
export async function createIndexes(client: ClientBase, table: VersionedTable<never>, schema: string): Promise<void> {
  const { keys, index } = tableStatements(table, schema);
  for (const statement of [...keys, ...index]) await client.query(statement);
}
