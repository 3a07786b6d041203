import { cellsOf, type Cell, type Column } from './cells';

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
  readonly key: readonly Column<Row>[];
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
  /** Versions to add, each a line of COPY text: key, columns, known_from, known_to. */
  readonly added: string[];
  /** Versions already stored that end: their keys, and when. */
  readonly ended: { readonly key: readonly Cell[]; readonly knownTo: string }[];
};

/** The rows that hold from one moment on, until the next state's. `knownFrom` null: known before, and stored already. */
export type RowState<Row> = { readonly knownFrom: string | null; readonly rows: readonly Row[] };

export const noChanges = (): RowChanges => ({ added: [], ended: [] });

/**
 * Turns states, ascending by time, into versions and adds them to `changes`. A row that equals the one before it is the
 * same version: so what is written depends on the events alone, not on the pages they were read in.
 */
export function collectVersions<Row>(
  table: VersionedTable<Row>,
  states: readonly RowState<Row>[],
  changes: RowChanges,
): void {
  let open: readonly OpenVersion<Row>[] = [];
  for (const { knownFrom, rows } of states) {
    const next = following(table, open, rows, knownFrom);
    const stays = next.length === open.length && next.every((version, at) => version === open[at]);
    if (!stays) {
      const kept = new Set(next);
      for (const version of open) if (!kept.has(version)) end(version, knownFrom, changes);
    }
    open = next;
  }
  for (const version of open) {
    if (version.knownFrom !== null)
      changes.added.push(copyLine(version.key, version.cells, version.knownFrom, 'infinity'));
  }
}

/** A version that has begun, with what its row says. */
type OpenVersion<Row> = {
  readonly row: Row;
  readonly key: readonly Cell[];
  readonly cells: readonly Cell[];
  readonly knownFrom: string | null;
};

/** The versions that hold next: those before whose row is the same, and new ones. */
function following<Row>(
  table: VersionedTable<Row>,
  open: readonly OpenVersion<Row>[],
  rows: readonly Row[],
  knownFrom: string | null,
): readonly OpenVersion<Row>[] {
  let byKey: Map<string, OpenVersion<Row>> | null = null;
  return rows.map((row, at) => {
    // Nearly always a row is where it was; where rows came or went, it is looked up.
    let before = open[at];
    if (before?.row === row) return before;
    if (open.length > 0 && (before === undefined || !says(table.key, row, before.key))) {
      byKey ??= new Map(open.map((version) => [version.key.join('|'), version]));
      before = byKey.get(cellsOf(table.key, row).join('|'));
      if (before?.row === row) return before;
    }
    if (before !== undefined && says(table.columns, row, before.cells)) return before;
    return { row, key: before?.key ?? cellsOf(table.key, row), cells: cellsOf(table.columns, row), knownFrom };
  });
}

function says<Row>(columns: readonly Column<Row>[], row: Row, cells: readonly Cell[]): boolean {
  for (let index = 0; index < columns.length; index += 1) if (columns[index]?.of(row) !== cells[index]) return false;
  return true;
}

function end<Row>({ key, cells, knownFrom }: OpenVersion<Row>, knownTo: string | null, changes: RowChanges): void {
  if (knownTo === null) throw new Error('Only the first state can be known before the others.');
  if (knownFrom === null) changes.ended.push({ key, knownTo });
  else changes.added.push(copyLine(key, cells, knownFrom, knownTo));
}

function copyLine(key: readonly Cell[], cells: readonly Cell[], knownFrom: string, knownTo: string): string {
  let line = '';
  for (const cell of key) line += `${copyCell(cell)}\t`;
  for (const cell of cells) line += `${copyCell(cell)}\t`;
  return `${line}${knownFrom}\t${knownTo}\n`;
}

const COPY_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\uFFFD',
};

function copyCell(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell !== 'string') return String(cell);
  return /[\\\t\n\r\0]/.test(cell) ? cell.replace(/[\\\t\n\r\0]/g, (char) => COPY_ESCAPES[char] ?? char) : cell;
}

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
