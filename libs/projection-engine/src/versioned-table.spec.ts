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

/** `t1` is a microsecond after 2000-01-01, from which PostgreSQL counts. */
const moment = (name: string): string => `2000-01-01T00:00:00.${name.slice(1).padStart(6, '0')}Z`;

function versions(...states: readonly (readonly [string | null, ...Row[]])[]) {
  const changes = noChanges();
  collectVersions(
    TABLE,
    states.map(([knownFrom, ...rows]) => ({ knownFrom: knownFrom === null ? null : moment(knownFrom), rows })),
    changes,
  );
  return { added: [...lines(changes.added.written)].sort(), ended: changes.ended };
}

/** Rows of COPY in its binary form: each field behind its length. */
function* lines(written: Buffer): Generator<string> {
  for (let at = 0; at < written.length;) {
    const cells: string[] = [];
    const fields = written.readInt16BE(at);
    at += 2;
    while (cells.length < fields) {
      const length = written.readInt32BE(at);
      const cell = written.subarray(at + 4, at + 4 + Math.max(0, length));
      cells.push(length < 0 ? 'null' : cells.length < fields - 2 ? cell.toString() : momentName(cell));
      at += 4 + cell.length;
    }
    yield cells.join(' ');
  }
}

function momentName(cell: Buffer): string {
  const micros = cell.readBigInt64BE();
  return micros === 0x7fff_ffff_ffff_ffffn ? 'infinity' : `t${micros}`;
}

test('a row that stays the same is one version', () => {
  expect(versions(['t1', row('a', 'x')], ['t2', row('a', 'x')], ['t3', row('a', 'y')])).toEqual({
    added: ['a x t1 t3', 'a y t3 infinity'],
    ended: [],
  });
});

test('rows come, go and come back', () => {
  expect(
    versions(['t1', row('a', 'x'), row('b', null)], ['t2', row('b', null)], ['t3', row('a', 'x'), row('b', null)])
      .added,
  ).toEqual(['a x t1 t2', 'a x t3 infinity', 'b null t1 infinity']);
});

test('what was stored before is ended or left alone, never written again', () => {
  expect(versions([null, row('a', 'x'), row('b', 'x')], ['t2', row('a', 'y'), row('b', 'x')])).toEqual({
    added: ['a y t2 infinity'],
    ended: [{ key: ['a'], knownTo: moment('t2') }],
  });
});

test('rows that change places are the same versions', () => {
  const [a, b, c] = [row('a', 'x'), row('b', 'x'), row('c', 'x')];
  expect(versions(['t1', a, b], ['t2', row('b', 'x'), c, row('a', 'x')], ['t3', row('c', 'x')])).toEqual({
    added: ['a x t1 t3', 'b x t1 t3', 'c x t2 infinity'],
    ended: [],
  });
});

test('a moment of knowing in another form is refused', () => {
  expect(() => collectVersions(TABLE, [{ knownFrom: '2020-01-01', rows: [row('a', 'x')] }], noChanges())).toThrow(
    'A moment of knowing',
  );
});

const NUMBERS: VersionedTable<{ readonly whole: unknown }> = {
  ...TABLE,
  key: [{ name: 'id', type: 'text', of: () => 'a' }],
  columns: [{ name: 'whole', type: 'smallint', of: (given) => given.whole as number }],
};

test.each([32_768, 1.5, 'one', true, null, {}])('a value that its column cannot hold is refused: %p', (whole) => {
  const collect = () => collectVersions(NUMBERS, [{ knownFrom: moment('t1'), rows: [{ whole }] }], noChanges());
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
