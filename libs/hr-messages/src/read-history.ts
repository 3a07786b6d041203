import { CsvRecords, cellsOf } from './csv-cells';
import { CsvMessages } from './csv-message';
import { HistoryFileError } from './history-error';
import type { MessageError } from './message-errors';
import { isObject } from './raw-message';
import { lineError, textLines, type TextLine } from './text-lines';
import { validateMessage, type Validated } from './validate-message';

/** One message of a history file, not yet checked, or what made its line unreadable. `line` counts from 1, and is the first of a record that takes several. */
export type HistoryLine = { readonly line: number; readonly record: unknown } | { readonly line: number; readonly error: MessageError };

/** Messages out of lines, in one of the two formats. */
type Format = { next(line: TextLine): Iterable<HistoryLine>; end(): Iterable<HistoryLine> };

/**
 * The messages of a history file, in order, from one line to any number in the memory of a few lines. The format is
 * known by the first line that is neither empty nor a comment (`#`): a JSON object starts NDJSON, one CloudEvent a line;
 * anything else is the header of a CSV file with `,` or `;`. A line that is broken is told with its number and the rest
 * goes on. Throws HistoryFileError where the file cannot be a history.
 */
export async function* readHistory(stream: AsyncIterable<Buffer | string>): AsyncGenerator<HistoryLine> {
  let format: Format | null = null;
  for await (const lines of textLines(stream)) {
    for (const line of lines) {
      if ('text' in line && line.text.trim() === '') continue;
      if (format !== null) {
        yield* format.next(line);
      } else if (!('text' in line && line.text.startsWith('#'))) {
        format = formatOf(line);
        if (format instanceof JsonLines) yield* format.next(line);
      }
    }
  }
  if (format !== null) yield* format.end();
}

function formatOf(line: TextLine): Format {
  if (!('text' in line)) throw new HistoryFileError('unreadableHeader', `The first line ${line.error.detail}. A history is CSV or NDJSON in UTF-8.`);
  const start = line.text.trimStart()[0];
  if (start === '{') return new JsonLines();
  if (start === '[') throw new HistoryFileError('jsonArray', 'The file is one JSON array. NDJSON has one object a line, without brackets around them.');
  const delimiter = separatorOf(line.text);
  const columns = cellsOf(line.text, delimiter);
  if (typeof columns === 'string') throw new HistoryFileError('unreadableHeader', 'The CSV header has a quote that does not close.');
  return new CsvLines(delimiter, new CsvMessages(columns));
}

const separatorOf = (header: string): ',' | ';' => (header.split(';').length > header.split(',').length ? ';' : ',');

class JsonLines implements Format {
  private isFirst = true;

  *next(line: TextLine): Generator<HistoryLine> {
    const isFirst = this.isFirst;
    this.isFirst = false;
    const read = 'text' in line ? jsonOf(line.line, line.text) : line;
    if (isFirst && 'record' in read && isComment(read.record)) return;
    yield read;
  }

  end(): Iterable<HistoryLine> {
    return [];
  }
}

function jsonOf(line: number, text: string): HistoryLine {
  try {
    return { line, record: JSON.parse(text) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { line, error: lineError('notJson', 'is no JSON') };
  }
}

/** `{"comment": "..."}`: how a generator says what a file is. */
const isComment = (record: unknown): boolean => isObject(record) && Object.keys(record).join() === 'comment';

class CsvLines implements Format {
  private readonly records: CsvRecords;

  constructor(
    delimiter: ',' | ';',
    private readonly messages: CsvMessages,
  ) {
    this.records = new CsvRecords(delimiter);
  }

  *next(line: TextLine): Generator<HistoryLine> {
    for (const record of this.records.next(line)) yield this.read(record);
  }

  *end(): Generator<HistoryLine> {
    for (const record of this.records.end()) yield this.read(record);
  }

  private read(record: { readonly line: number; readonly cells: readonly string[] } | { readonly line: number; readonly error: MessageError }): HistoryLine {
    if (!('cells' in record)) return record;
    const { line, cells } = record;
    const expected = this.messages.columns.length;
    if (cells.length !== expected) return { line, error: lineError('cellCount', `has ${cells.length} cells where the header has ${expected}`) };
    return { line, record: this.messages.messageOf(cells) };
  }
}

/**
 * Checks a line of a file as any message is checked. The origin names the file by its content, so that the same file read
 * again gives the same origins.
 */
export function validateHistoryLine(line: HistoryLine, options: { /** SHA-256 hex of the file. */ readonly fileDigest: string; readonly digestKey: Buffer }): Validated {
  const origin = `file:${options.fileDigest}#${line.line}`;
  if ('record' in line) return validateMessage(line.record, { origin, door: 'file', digestKey: options.digestKey });
  return { ok: false, refusal: { code: 'invalid', errors: [line.error], origin, source: null, messageId: null, digest: null } };
}
