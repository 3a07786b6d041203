import { collectVersions, noChanges, tableStatements, type VersionedTable } from './versioned-table';
import { arrayText } from './array-text';

type Row = { readonly id: string; readonly text: string | null };
const TABLE: VersionedTable<Row> = {
  name: 'thing',
  comment: `a test's`,
  key: [{ name: 'id', type: 'text', of: (row) => row.id }],
  columns: [{ name: 'text', type: 'text', nullable: true, of: (row) => row.text }],
  lookups: [],
  indexes: [],
};
const row = (id: string, text: string | null): Row => ({ id, text });

function versions(...states: readonly (readonly [string | null, ...Row[]])[]) {
  const changes = noChanges();
  collectVersions(
    TABLE,
    states.map(([knownFrom, ...rows]) => ({ knownFrom, rows })),
    changes,
  );
  return { added: changes.added.map((line) => line.trimEnd()).sort(), ended: changes.ended };
}

test('a row that stays the same is one version', () => {
  expect(versions(['t1', row('a', 'x')], ['t2', row('a', 'x')], ['t3', row('a', 'y')])).toEqual({
    added: ['a\tx\tt1\tt3', 'a\ty\tt3\tinfinity'],
    ended: [],
  });
});

test('rows come, go and come back', () => {
  expect(
    versions(['t1', row('a', 'x'), row('b', null)], ['t2', row('b', null)], ['t3', row('a', 'x'), row('b', null)])
      .added,
  ).toEqual(['a\tx\tt1\tt2', 'a\tx\tt3\tinfinity', 'b\t\\N\tt1\tinfinity']);
});

test('what was stored before is ended or left alone, never written again', () => {
  expect(versions([null, row('a', 'x'), row('b', 'x')], ['t2', row('a', 'y'), row('b', 'x')])).toEqual({
    added: ['a\ty\tt2\tinfinity'],
    ended: [{ key: ['a'], knownTo: 't2' }],
  });
});

test('text that means something to COPY is written so that it means itself', () => {
  expect(versions(['t1', row('a', 'tab\tback\\slash\nline\r\0')]).added).toEqual([
    'a\ttab\\tback\\\\slash\\nline\\r\uFFFD\tt1\tinfinity',
  ]);
});

const NUMBERS: VersionedTable<{ readonly whole: unknown }> = {
  ...TABLE,
  key: [{ name: 'id', type: 'text', of: () => 'a' }],
  columns: [{ name: 'whole', type: 'smallint', of: (given) => given.whole as number }],
};

test.each([32_768, 1.5, 'one', true, null, {}])('a value that its column cannot hold is refused: %p', (whole) => {
  const collect = () => collectVersions(NUMBERS, [{ knownFrom: 't1', rows: [{ whole }] }], noChanges());
  expect(collect).toThrow('The value of whole is no smallint.');
});

test('array text keeps what its elements say', () => {
  expect(arrayText(['plain-1', 'NULL', 'a,b', 'q"uote\\', '', null, 3, true])).toBe(
    '{plain-1,"NULL","a,b","q\\"uote\\\\","",NULL,3,true}',
  );
});

test('comments may hold quotes', () => {
  expect(tableStatements(TABLE, 's').create.at(-1)).toBe(`comment on table s.thing is 'a test''s'`);
});
