import type { CopyRows } from './copy-rows';

/** What one cell of a row holds. */
export type Cell = Scalar | readonly string[] | readonly number[];
export type Scalar = string | number | boolean | null;

/**
 * What is checked wherever it enters is so in every event; data of a broken writer must still not stop the projection:
 * a value that is not of its kind is not known.
 */
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
export const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

export type Column<Row, Of extends Cell = Cell> = {
  readonly name: string;
  readonly type:
    | 'uuid'
    | 'text'
    | 'date'
    | 'boolean'
    | 'integer'
    | 'smallint'
    | 'double precision'
    | 'timestamptz'
    | 'uuid[]'
    | 'text[]'
    | 'integer[]';
  readonly nullable?: true;
  readonly of: (row: Row) => Of;
};

/** A fold gave a value that its column cannot hold: its placement goes into quarantine, before PostgreSQL refuses the whole page. */
export class CellRefused extends Error {
  constructor({ name, type }: Pick<Column<never>, 'name' | 'type'>) {
    // Not the value: it may say something of a person.
    super(`The value of ${name} is no ${type}.`);
    this.name = 'CellRefused';
  }
}

/** Writes what the row says in these columns. @throws CellRefused */
export function writeCells<Row>(columns: readonly Column<Row>[], row: Row, to: CopyRows): void {
  for (const column of columns) {
    const cell = column.of(row);
    if (cell === null && column.nullable === true) to.nothing();
    else if (!writeCell(column.type, cell, to)) throw new CellRefused(column);
  }
}

/** @returns false for a cell that is not of its column's type, null among them. */
function writeCell(type: Column<never>['type'], cell: Cell, to: CopyRows): boolean {
  switch (type) {
    case 'uuid':
      return to.uuid(cell);
    case 'text':
      return to.text(cell);
    case 'date':
      return to.date(cell);
    case 'boolean':
      return to.boolean(cell);
    case 'integer':
      return to.integer(cell);
    case 'smallint':
      return to.smallint(cell);
    case 'double precision':
      return to.double(cell);
    case 'timestamptz':
      return to.instant(cell);
    case 'uuid[]':
      return to.list('uuid', cell);
    case 'text[]':
      return to.list('text', cell);
    case 'integer[]':
      return to.list('integer', cell);
  }
}
