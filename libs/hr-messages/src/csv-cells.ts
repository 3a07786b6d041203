import { CsvError, parse } from 'csv-parse/sync';
import { LINE_BYTES_MAX, lineError, type TextLine } from './text-lines';
import type { MessageError } from './message-errors';

/** How many lines one record may take; more is taken for a quote that was never closed. */
export const RECORD_LINES_MAX = 100;

export type CsvRecord = { readonly line: number; readonly cells: readonly string[] } | { readonly line: number; readonly error: MessageError };

const broken = lineError('brokenLine', 'is no CSV: a quote does not close, or text stands beside quotes');

type Parsed = readonly string[] | 'quoteOpen' | 'broken';

/** Cells of one record. Without a quote in it a record is cut at its separators; with one it is csv-parse's. */
export function cellsOf(text: string, delimiter: ',' | ';'): Parsed {
  if (!text.includes('"')) return text.split(delimiter);
  try {
    const records = parse(text, { delimiter, record_delimiter: '\n', relax_column_count: true });
    return records.length === 1 ? (records[0] ?? 'broken') : 'broken';
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'quoteOpen' : 'broken';
  }
}

/**
 * Records from lines. A record goes on over the next lines while a quote is open. Where that leads nowhere its first
 * line is told to be broken and the lines after it are read anew: one stray quote costs one line, not the file.
 */
export class CsvRecords {
  private held: Extract<TextLine, { text: string }>[] = [];

  constructor(private readonly delimiter: ',' | ';') {}

  /** The records that this line completes. */
  *next(line: TextLine): Generator<CsvRecord> {
    if (!('text' in line)) {
      yield* this.end();
      yield line;
      return;
    }
    this.held.push(line);
    const [first] = this.held;
    // A line without a quote cannot close one.
    const cells = this.held.length > 1 && !line.text.includes('"') ? 'quoteOpen' : cellsOf(this.held.map(({ text }) => text).join('\n'), this.delimiter);
    if (cells === 'broken' || (cells === 'quoteOpen' && this.isTooMuch())) yield* this.giveUpFirst();
    else if (cells !== 'quoteOpen' && first !== undefined) {
      this.held = [];
      yield { line: first.line, cells };
    }
  }

  /** What is left when the lines end. */
  *end(): Generator<CsvRecord> {
    while (this.held.length > 0) yield* this.giveUpFirst();
  }

  private isTooMuch(): boolean {
    return this.held.length >= RECORD_LINES_MAX || this.held.reduce((sum, { text }) => sum + text.length, 0) > LINE_BYTES_MAX;
  }

  private *giveUpFirst(): Generator<CsvRecord> {
    const [first, ...others] = this.held;
    this.held = [];
    if (first !== undefined) yield { line: first.line, error: broken };
    for (const line of others) yield* this.next(line);
  }
}
