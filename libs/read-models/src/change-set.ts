import type { ClientBase } from 'pg';
import { arrayText } from './array-text';
import { chainPieceTable, chainTable } from './chains/chain-tables';
import { parkedFactTable } from './parked-facts/parked-fact-table';
import { placementTable } from './placements/placement-table';
import { spellTable } from './spells/spell-table';
import { writeChanges } from './versioned-rows';
import { noChanges, tableStatements, type RowChanges } from './versioned-table';

/** Folds of one placement, */
const PLACEMENT_TABLES = [placementTable, spellTable, parkedFactTable] as const;
/** and of all placements of one person. */
const CHAIN_TABLES = [chainTable, chainPieceTable] as const;
export const TABLES = [...PLACEMENT_TABLES, ...CHAIN_TABLES] as const;

/** What a part of the log does to the rows of the whole set. */
export type ChangeSet = {
  readonly placements: RowChanges;
  readonly spells: RowChanges;
  readonly parkedFacts: RowChanges;
  readonly chains: RowChanges;
  readonly chainPieces: RowChanges;
  /** Placements, and chains, whose stored versions from a moment on are made anew. */
  readonly rewrittenPlacements: Rewritten[];
  readonly rewrittenChains: Rewritten[];
};
export type Rewritten = { readonly id: string; readonly from: string };

export const emptyChangeSet = (): ChangeSet => ({
  placements: noChanges(),
  spells: noChanges(),
  parkedFacts: noChanges(),
  chains: noChanges(),
  chainPieces: noChanges(),
  rewrittenPlacements: [],
  rewrittenChains: [],
});

/** In the caller's transaction. */
export async function writeChangeSet(client: ClientBase, schema: string, changes: ChangeSet): Promise<void> {
  for (const table of PLACEMENT_TABLES)
    await forgetFrom(client, `${schema}.${table.name}`, 'placement_id', changes.rewrittenPlacements);
  for (const table of CHAIN_TABLES)
    await forgetFrom(client, `${schema}.${table.name}`, 'chain_id', changes.rewrittenChains);
  await writeChanges(client, schema, placementTable, changes.placements);
  await writeChanges(client, schema, spellTable, changes.spells);
  await writeChanges(client, schema, parkedFactTable, changes.parkedFacts);
  await writeChanges(client, schema, chainTable, changes.chains);
  await writeChanges(client, schema, chainPieceTable, changes.chainPieces);
}

/** Puts a table back to what it said just before: versions that begin at or after the moment go, those that ended there are open again. */
async function forgetFrom(
  client: ClientBase,
  table: string,
  id: string,
  rewritten: readonly Rewritten[],
): Promise<void> {
  if (rewritten.length === 0) return;
  const values = [arrayText(rewritten.map((entry) => entry.id)), arrayText(rewritten.map(({ from }) => from))];
  const which = '(select * from unnest($1::uuid[], $2::timestamptz[]) u (id, moment)) u';
  await client.query(`delete from ${table} t using ${which} where t.${id} = u.id and t.known_from >= u.moment`, values);
  await client.query(
    `update ${table} t set known_to = 'infinity' from ${which} where t.${id} = u.id and t.known_to >= u.moment and t.known_to < 'infinity'`,
    values,
  );
}

export async function createTables(client: ClientBase, schema: string): Promise<void> {
  for (const table of TABLES)
    for (const statement of tableStatements<never>(table, schema).create) await client.query(statement);
}

export async function createIndexes(client: ClientBase, schema: string): Promise<void> {
  for (const table of TABLES)
    for (const statement of tableStatements<never>(table, schema).index) await client.query(statement);
}
