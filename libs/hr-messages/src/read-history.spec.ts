import { heldBytes } from '@bestendig/testing';
import fc from 'fast-check';
import { stringify } from 'csv-stringify/sync';
import { Readable } from 'node:stream';
import { CSV_COLUMNS, EXAMPLES, readHistory, validateHistoryLine, validateMessage, type HistoryLine, type HrMessage } from '.';
import { RECORD_LINES_MAX } from './csv-cells';
import { LINE_BYTES_MAX } from './text-lines';

const options = { fileDigest: 'f'.repeat(64), digestKey: Buffer.alloc(32, 7) };

async function linesOf(content: string | Buffer, chunkSize = 7): Promise<HistoryLine[]> {
  const bytes = Buffer.from(content);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize));
  const lines: HistoryLine[] = [];
  for await (const line of readHistory(Readable.from(chunks))) lines.push(line);
  return lines;
}

/** Line numbers with what became of the line: the id of a message, or the code of an error. */
async function outcomesOf(content: string | Buffer, chunkSize?: number): Promise<string[]> {
  return (await linesOf(content, chunkSize)).map((line) => {
    const result = validateHistoryLine(line, options);
    return `${line.line} ${result.ok ? result.fact.messageId : result.refusal.errors.map(({ code }) => code).join('+')}`;
  });
}

const SOURCE = EXAMPLES.BuddyAssigned.source;
const HEADER = 'id,source,type,employment,effectiveDate';
const row = (id: string) => `${id},${SOURCE},buddy-assigned,A-1,2023-05-01`;

/** A message as a row of a CSV file with all columns. */
function cellsOf({ id, source, time, type, data: { replacement, ...data } }: HrMessage): string[] {
  const { type: replacementType, ...replaced } = (replacement ?? {}) as Record<string, unknown>;
  const flat: Record<string, unknown> = { id, source, time, type: type.split('.')[3], replacementType, ...data, ...replaced };
  return CSV_COLUMNS.map((name) => {
    const value = flat[name];
    if (value === undefined) return '';
    if (!Array.isArray(value)) return String(value);
    if (name === 'assumed') return value.join(';');
    return value.map(({ employer, team, share }: Record<string, string>) => `${employer}${team === undefined ? '' : `/${team}`}=${share}`).join(';');
  });
}

test.each([',', ';'])('every example says the same in a CSV file with %s as over HTTP', async (delimiter) => {
  const examples = Object.values(EXAMPLES);
  const content = stringify([[...CSV_COLUMNS], ...examples.map(cellsOf)], { delimiter });
  const facts = (await linesOf(`# made up\n${content}`, 1000)).map((line) => validateHistoryLine(line, options));
  const overHttp = examples.map((example, i) => validateMessage(example, { origin: `file:${options.fileDigest}#${i + 3}`, door: 'http', digestKey: options.digestKey }));
  expect(facts).toEqual(overHttp);
});

test('every example says the same in an NDJSON file, after a comment', async () => {
  const examples = Object.values(EXAMPLES);
  const content = [{ comment: 'made up' }, ...examples].map((message) => JSON.stringify(message)).join('\r\n');
  expect(await outcomesOf(content, 1000)).toEqual(examples.map(({ id }, i) => `${i + 2} ${id}`));
});

test.each([1, 2, 3, 64, 100_000])('byte order mark, CRLF, empty lines and a last line without end, in chunks of %d bytes', async (chunkSize) => {
  const content = `\uFEFF${HEADER}\r\n${row('a')}\r\n\r\n${row('b')}\r\n${row('c')}`;
  expect(await outcomesOf(content, chunkSize)).toEqual(['2 a', '4 b', '5 c']);
});

test('a broken line costs itself only, whatever is wrong with it', async () => {
  const content = Buffer.concat([
    Buffer.from([HEADER, row('a'), `x"y,${SOURCE}`, `"open,${SOURCE},buddy-assigned`, row('b'), 'too,few', row('c'), ''].join('\n')),
    Buffer.from([0x61, 0xff, 0x0a]),
    Buffer.from([row('d'), 'x'.repeat(LINE_BYTES_MAX + 1), row('e'), `${row('f')},1`, row('g').replace('2023-05-01', '2023-02-30'), row('h')].join('\n')),
  ]);
  const expected = ['2 a', '3 brokenLine', '4 brokenLine', '5 b', '6 cellCount', '7 c', '8 notUtf8', '9 d', '10 tooLarge', '11 e', '12 cellCount', '13 notADate', '14 h'];
  // A quote that opens is waited for until the end of the file or too many lines; the order of lines stays.
  for (const chunkSize of [11, 4096, 1_000_000]) expect(await outcomesOf(content, chunkSize)).toEqual(expected);
});

test('a quoted cell may go over lines; its record has the number of its first line', async () => {
  const content = `${HEADER}\n"a","${SOURCE}","buddy-assigned","A\n""1""","2023-05-01"\n"b","${SOURCE}",buddy-assigned,A-1,"2023-05-01"\n`;
  expect(await outcomesOf(content)).toEqual(['2 pattern', '4 b']);
});

test('a quote that never closes is given up after some lines', async () => {
  const content = [HEADER, `"open`, ...Array.from({ length: 3 * RECORD_LINES_MAX }, (_, i) => row(`m${i}`))].join('\n');
  expect(await outcomesOf(content, 5000)).toEqual(['2 brokenLine', ...Array.from({ length: 3 * RECORD_LINES_MAX }, (_, i) => `${i + 3} m${i}`)]);
});

test('a broken line of NDJSON is told with its number', async () => {
  const line = (id: string) => JSON.stringify({ ...EXAMPLES.BuddyEnded, id });
  expect(await outcomesOf([line('a'), '{"id": ', '[1]', '7', line('b')].join('\n'))).toEqual(['1 a', '2 notJson', '3 wrongType', '4 wrongType', '5 b']);
});

test('a line without id gets an id from its content, not from its number', async () => {
  const content = `${HEADER}\n${row('')}\n${row('x')}\n${row('')}`;
  const [first, second, third] = await outcomesOf(content);
  expect(first).toMatch(/^2 [0-9a-f]{64}$/);
  expect(second).toBe('3 x');
  expect(third?.slice(2)).toBe(first?.slice(2));
});

test('a column that the contract does not know is refused where it has a value, not where it is empty', async () => {
  const content = `${HEADER},naam,__proto__\n${row('a')},,\n${row('b')},Jansen,\n${row('c')},,x`;
  expect(await outcomesOf(content)).toEqual(['2 a', '3 unknownField', '4 unknownField']);
  expect(JSON.stringify(validateHistoryLine((await linesOf(content))[1] ?? { line: 0, record: null }, options))).not.toContain('Jansen');
});

test('a BSN in a cell leaves no more than its field', async () => {
  const [line] = await linesOf(`${HEADER}\n${row('a').replace('A-1', '123456782')}`);
  expect(line && validateHistoryLine(line, options)).toMatchObject({ refusal: { code: 'mayHoldBsn', source: null, messageId: null, errors: [{ pointer: '/data/employment' }] } });
});

test.each([
  ['', 'none'],
  ['\n# only a comment\n', 'none'],
  ['[{"id":"a"}]', 'jsonArray'],
  ['name,date\nx,y', 'noHeader'],
  ['id,type,id\n', 'sameColumnTwice'],
  ['id,type,"bsn 123456782"\n', 'mayHoldBsn'],
  ['id,"type', 'unreadableHeader'],
])('%j: %s', async (content, code) => {
  await expect(linesOf(content).then((lines) => (lines.length === 0 ? 'none' : 'lines'), (error: { code: string }) => error.code)).resolves.toBe(code);
});

test('a spreadsheet in UTF-16 is told so', async () => {
  await expect(linesOf(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(HEADER, 'utf16le')]))).rejects.toThrow('UTF-8');
});

test('any cells come back as they were written, whatever quoting and cutting in chunks', async () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom('"', '""', ',', ';', 'a"b', '\n', 'é', '€ "x"\n,', '#', ' ')).map((text) => text.replaceAll('\r', ''));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 50 }), fc.boolean(), async (rows, chunkSize, quoted) => {
      const content = stringify([['type', 'a', 'b'], ...rows.map((cells) => ['x', ...cells])], { quoted });
      const read = (await linesOf(content, chunkSize)).map((line) => ('record' in line ? (line.record as { data: Record<string, string> }).data : line.error));
      expect(read.map((data) => ({ ...data }))).toEqual(rows.map(([a, b]) => ({ ...(a === '' ? {} : { a }), ...(b === '' ? {} : { b }) })));
    }),
    { numRuns: 100 },
  );
});

test('whatever bytes a file has, every line is told once and in order, or the file is refused as a whole', async () => {
  const noise = fc.oneof(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)), fc.string({ unit: fc.constantFrom('"', ',', '\n', 'a', '\r', '{', '}') }).map((text) => Buffer.from(text)));
  await fc.assert(
    fc.asyncProperty(noise, fc.integer({ min: 1, max: 50 }), async (bytes, chunkSize) => {
      const lines = await linesOf(Buffer.concat([Buffer.from('type,a\n'), bytes]), chunkSize);
      const numbers = lines.map(({ line }) => line);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      for (const line of lines) validateHistoryLine(line, options);
    }),
    { numRuns: 100 },
  );
});

test('a long file is read in constant memory', async () => {
  function* chunks(): Generator<Buffer> {
    yield Buffer.from(`${HEADER}\n`);
    for (let i = 0; i < 80; i++) yield Buffer.from(Array.from({ length: 500 }, (_, j) => `${row(`m${i * 500 + j}`)}\n`).join(''));
  }
  let [count, mostMiB] = [0, 0];
  const before = heldBytes();
  for await (const { line } of readHistory(Readable.from(chunks()))) {
    expect(line).toBe(++count + 1);
    if (count % 10_000 === 0) mostMiB = Math.max(mostMiB, (heldBytes() - before) / 1024 ** 2);
  }
  expect(count).toBe(40_000);
  // Far less than the file.
  expect(mostMiB).toBeLessThan(4);
});
