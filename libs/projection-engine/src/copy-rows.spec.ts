import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import fc from 'fast-check';
import { Client } from 'pg';
import type { Cell, Column } from './cells';
import { writeChanges } from './versioned-rows';
import { collectVersions, noChanges, tableStatements, type VersionedTable } from './versioned-table';

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`set timezone = 'UTC'; set datestyle = 'ISO'`);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const MOMENT = '2024-02-29T12:34:56.789012Z';
type Type = Column<never>['type'];

/** A table of one row for each value. */
const tableOf = (type: Type): VersionedTable<{ readonly id: number; readonly cell: Cell }> => ({
  name: 'written',
  comment: 'What was written',
  key: [{ name: 'id', type: 'integer', of: ({ id }) => id }],
  columns: [{ name: 'cell', type, nullable: true, of: ({ cell }) => cell }],
  lookups: [],
  indexes: [],
});

/** What PostgreSQL has read, as its text. */
async function readBack(type: Type, cells: readonly Cell[]): Promise<readonly (string | null)[]> {
  const table = tableOf(type);
  const changes = noChanges();
  collectVersions(table, [{ knownFrom: MOMENT, rows: cells.map((cell, id) => ({ id, cell })) }], changes);
  await client.query('begin');
  for (const statement of tableStatements(table, 'public').create) await client.query(statement);
  await writeChanges(client, 'public', table, changes);
  const { rows } = await client.query<{ cell: string | null; known: boolean }>(
    `select cell::text, known_from = '${MOMENT}' and known_to = 'infinity' as known from written order by id`,
  );
  await client.query('rollback');
  expect(rows.every(({ known }) => known)).toBe(true);
  return rows.map(({ cell }) => cell);
}

const UUID = '0a1b2c3d-4e5f-6789-abcd-ef0123456789';
const CASES: readonly (readonly [Type, readonly Cell[], readonly (string | null)[] | 'asGiven'])[] = [
  ['uuid', [UUID, 'ffffffff-ffff-ffff-ffff-ffffffffffff', null], 'asGiven'],
  ['text', ['', 'tab\tback\\slash\nline\r', 'één € 🙂', 'x'.repeat(5_000), '\\N', null], 'asGiven'],
  ['text', ['a\0b', 'lone \uD800.'], ['a\uFFFDb', 'lone \uFFFD.']],
  ['date', ['0001-01-01', '1999-12-31', '2000-01-01', '2000-02-29', '9999-12-31'], 'asGiven'],
  ['boolean', [true, false, null], ['true', 'false', null]],
  ['integer', [0, -1, 2_147_483_647, -2_147_483_648], ['0', '-1', '2147483647', '-2147483648']],
  ['smallint', [0, -1, 32_767, -32_768], ['0', '-1', '32767', '-32768']],
  ['double precision', [0, -0, 0.1, 32.5, -1e300], ['0', '0', '0.1', '32.5', '-1e+300']],
  ['timestamptz', ['0001-01-01T00:00:00.000000Z', '1999-12-31T23:59:59.999999Z', MOMENT, 'infinity'], [
    '0001-01-01 00:00:00+00', '1999-12-31 23:59:59.999999+00', '2024-02-29 12:34:56.789012+00', 'infinity',
  ]],
  ['uuid[]', [[], [UUID], [UUID, UUID]], ['{}', `{${UUID}}`, `{${UUID},${UUID}}`]],
  ['text[]', [[], ['plain', 'a,b', 'NULL', '']], ['{}', '{plain,"a,b","NULL",""}']],
  ['integer[]', [[], [1, -2, 2_147_483_647]], ['{}', '{1,-2,2147483647}']],
]; // prettier-ignore

test.each(CASES)('PostgreSQL reads a %s as it was meant', async (type, cells, expected) => {
  expect(await readBack(type, cells)).toEqual(expected === 'asGiven' ? cells : expected);
});

test('any moment and any text is read as PostgreSQL would read it from text', async () => {
  const instants = fc
    .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    .chain((date) =>
      fc.nat(999).map((micros) => date.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`)),
    );
  const cells = fc.sample(instants, 500);
  const { rows } = await client.query<{ text: string }>(
    'select moment::text as text from unnest($1::timestamptz[]) with ordinality as given (moment, at) order by at',
    [cells],
  );
  expect(await readBack('timestamptz', cells)).toEqual(rows.map(({ text }) => text));
  const texts = fc.sample(fc.string({ unit: 'grapheme' }), 500).map((text) => text.replaceAll('\0', ''));
  expect(await readBack('text', texts)).toEqual(texts);
});

const REFUSED: readonly (readonly [Type, Cell])[] = [
  ['uuid', UUID.toUpperCase()],
  ['uuid', UUID.replace('-', '_')],
  ['uuid', ` ${UUID}`],
  ['uuid', UUID.replace('a', 'g')],
  ['date', '2023-02-29'],
  ['boolean', 'true'],
  ['integer', 2_147_483_648],
  ['integer', Number.NaN],
  ['smallint', -32_769],
  ['double precision', '1'],
  ['timestamptz', '2024-02-30T12:34:56.789012Z'],
  ['timestamptz', '2024-02-29T24:00:00.000000Z'],
  ['timestamptz', '2024-02-29'],
  ['uuid[]', [UUID, 'none']],
  ['integer[]', [1, 1.5]],
];

test.each(REFUSED)('what is no %s is refused: %p', async (type, cell) => {
  await expect(readBack(type, [cell])).rejects.toThrow(`The value of cell is no ${type}.`);
});
