import { writeCells, type Column, type Scalar } from './cells';
import { CopyRows, INSTANT_BYTES } from './copy-rows';

/**
 * A table with one row per thing **and version**: a row holds from `known_from` until just before `known_to`
 * (`infinity` while it is the last word). "As known at k" is `known_from <= k and k < known_to`.
 *
 * A row holds nothing that depends on when or in what page it was written: no serial, no write time, no position.
 */
export type VersionedTable<Row> = {
  readonly name: string;
  readonly comment: string;
  /** Names the thing; at one moment at most one row has it. */
  readonly key: readonly Column<Row, Scalar>[];
  /** Everything else that the row says. */
  readonly columns: readonly Column<Row>[];
  /**
   * Index definitions after `on <table>`: those that folds look rows up by, and those for questions, which a rebuild makes
   * last. `known_to` is in none but where said why: ending a version then touches no index.
   */
  readonly lookups: readonly string[];
  readonly indexes: readonly string[];
};

/** What happens to a table. */
export type RowChanges = {
  /** Versions to add: key, columns, known_from, known_to. */
  readonly added: CopyRows;
  /** Versions already stored that end: their keys, and when. */
  readonly ended: { readonly key: readonly Scalar[]; readonly knownTo: string }[];
};

/** The rows that hold from one moment on, until the next state's. `knownFrom` null: known before, and stored already. */
export type RowState<Row> = { readonly knownFrom: string | null; readonly rows: readonly Row[] };

export const noChanges = (): RowChanges => ({ added: new CopyRows(), ended: [] });

/**
 * Turns states, ascending by time, into versions and adds them to `changes`. A row that equals the one before it is the
 * same version: so what is written depends on the events alone, not on the pages they were read in.
 */
export function collectVersions<Row>(
  table: VersionedTable<Row>,
  states: readonly RowState<Row>[],
  changes: RowChanges,
): void {
  let stored: CopyRows | null = null;
  let open: readonly OpenVersion<Row>[] = [];
  let before: readonly Row[] | null = null;
  for (const { knownFrom, rows } of states) {
    if (rows === before) continue;
    before = rows;
    const to = knownFrom === null ? (stored ??= new CopyRows()) : changes.added;
    const next = following(table, open, { knownFrom, rows }, to);
    for (const version of open) if (version.rows !== rows) end(table, version, knownFrom, changes);
    open = next;
  }
}

/** A version that has begun. It is written as if it held for ever; when it ends, that is written over. */
type OpenVersion<Row> = {
  /** Null: it is stored already. */
  readonly knownFrom: string | null;
  /** Where it is written: its key, and then from `columns` until `end` what it says. */
  readonly in: CopyRows;
  readonly start: number;
  readonly columns: number;
  readonly end: number;
  row: Row;
  /** The rows of the last state that it holds in. */
  rows: readonly Row[];
};

/** The versions that hold next: those before whose row is the same, and new ones, which are written to `to`. */
function following<Row>(
  table: VersionedTable<Row>,
  open: readonly OpenVersion<Row>[],
  { knownFrom, rows }: RowState<Row>,
  to: CopyRows,
): readonly OpenVersion<Row>[] {
  let byKey: ReadonlyMap<string, OpenVersion<Row>> | null = null;
  return rows.map((row, at) => {
    let before = open[at];
    if (before?.row === row) return stays(before, row, rows);
    const start = to.length;
    to.row(table.key.length + table.columns.length + 2);
    writeCells(table.key, row, to);
    const columns = to.length;
    // Nearly always a row is where it was; where rows came or went, it is looked up.
    if (
      open.length > 0 &&
      (before === undefined || !to.same(start, columns, before.in, before.start, before.columns))
    ) {
      byKey ??= new Map(open.map((version) => [version.in.nameAt(version.start, version.columns), version]));
      before = byKey.get(to.nameAt(start, columns));
    }
    writeCells(table.columns, row, to);
    const end = to.length;
    if (before !== undefined && to.same(columns, end, before.in, before.columns, before.end)) {
      to.length = start;
      return stays(before, row, rows);
    }
    if (knownFrom !== null && !(to.instant(knownFrom) && to.instant('infinity')))
      throw new Error('A moment of knowing is UTC text with six decimals.');
    return { knownFrom, in: to, start, columns, end, row, rows };
  });
}

function stays<Row>(version: OpenVersion<Row>, row: Row, rows: readonly Row[]): OpenVersion<Row> {
  version.row = row;
  version.rows = rows;
  return version;
}

function end<Row>(
  { key }: VersionedTable<Row>,
  version: OpenVersion<Row>,
  knownTo: string | null,
  changes: RowChanges,
): void {
  if (knownTo === null) throw new Error('Only the first state can be known before the others.');
  if (version.knownFrom === null) changes.ended.push({ key: key.map(({ of }) => of(version.row)), knownTo });
  else version.in.instantAt(version.end + KNOWN_TO_AT, knownTo);
}

/** After the row's end: known_from whole, and the length of known_to. */
const KNOWN_TO_AT = 4 + INSTANT_BYTES + 4;

/**
 * Statements that make the table in a schema, its keys (with the indexes that folds look rows up by), and the indexes for
 * questions. A bulk load makes the last two afterwards; each may be run again.
 */
export function tableStatements<Row>(
  table: VersionedTable<Row>,
  schema: string,
): { readonly create: readonly string[]; readonly keys: readonly string[]; readonly index: readonly string[] } {
  const { name } = table;
  const columns = [...table.key, ...table.columns].map(
    (column) => `${column.name} ${column.type}${column.nullable === true ? '' : ' not null'}`,
  );
  const index = (kind: string) => (definition: string, at: number) =>
    `create index if not exists ${name}_${kind}_${at} on ${schema}.${name} ${definition}`;
  const primaryKey = [...table.key.map((column) => column.name), 'known_from'].join(', ');
  return {
    create: [
      `create table ${schema}.${name} (
        ${[...columns, 'known_from timestamptz not null', 'known_to timestamptz not null'].join(',\n        ')}
      ) with (fillfactor = 90)`,
      `comment on table ${schema}.${name} is '${table.comment.replaceAll("'", "''")}'`,
    ],
    keys: [
      `do $$ begin
        if not exists (select from pg_constraint where conrelid = '${schema}.${name}'::regclass and contype = 'p') then
          alter table ${schema}.${name} add primary key (${primaryKey});
        end if;
      end $$`,
      ...table.lookups.map(index('lookup')),
    ],
    index: table.indexes.map(index('question')),
  };
}
