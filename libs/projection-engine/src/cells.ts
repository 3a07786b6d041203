import { isDay } from '@bestendig/placement-domain';
import { uuidOrNull } from './opaque-ids';

/** What one cell of a row holds. Lists are written as PostgreSQL array text, so that cells compare by value. */
export type Cell = string | number | boolean | null;

/**
 * What is checked wherever it enters is so in every event; data of a broken writer must still not stop the projection:
 * a value that is not of its kind is not known.
 */
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
export const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

export type Column<Row> = {
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
  readonly of: (row: Row) => Cell;
};

/** A fold gave a value that its column cannot hold: its placement goes into quarantine, before PostgreSQL refuses the whole page. */
export class CellRefused extends Error {
  constructor({ name, type }: Pick<Column<never>, 'name' | 'type'>) {
    // Not the value: it may say something of a person.
    super(`The value of ${name} is no ${type}.`);
    this.name = 'CellRefused';
  }
}

const isText = (cell: Cell): boolean => typeof cell === 'string';
const isIntegerUpTo =
  (bound: number) =>
  (cell: Cell): boolean =>
    Number.isInteger(cell) && Number(cell) >= -bound - 1 && Number(cell) <= bound;

/** What a column of each type takes. The elements of a list are of the kind that the list was made from. */
const FITS: Readonly<Record<Column<never>['type'], (cell: Cell) => boolean>> = {
  uuid: (cell) => uuidOrNull(cell) !== null,
  text: isText,
  date: (cell) => typeof cell === 'string' && isDay(cell),
  boolean: (cell) => typeof cell === 'boolean',
  integer: isIntegerUpTo(2_147_483_647),
  smallint: isIntegerUpTo(32_767),
  'double precision': (cell) => typeof cell === 'number',
  timestamptz: (cell) => typeof cell === 'string' && !Number.isNaN(Date.parse(cell)),
  'uuid[]': isText,
  'text[]': isText,
  'integer[]': isText,
};

/** What the row says, column by column. @throws CellRefused */
export function cellsOf<Row>(columns: readonly Column<Row>[], row: Row): readonly Cell[] {
  return columns.map((column) => {
    const cell = column.of(row);
    if (cell === null ? column.nullable !== true : !FITS[column.type](cell)) throw new CellRefused(column);
    return cell;
  });
}
