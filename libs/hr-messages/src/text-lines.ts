import { isAscii, isUtf8 } from 'node:buffer';
import type { MessageError, MessageErrorCode } from './message-errors';

/** A longer line is refused and not kept in memory; the longest message of the contract is some 4 KiB. */
export const LINE_BYTES_MAX = 64 * 1024;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = '\uFEFF';

/** A line of a file, without what ends it, or what is wrong with it. Lines count from 1. */
export type TextLine = { readonly line: number; readonly text: string } | { readonly line: number; readonly error: MessageError };

export const lineError = (code: MessageErrorCode, detail: string): MessageError => ({ pointer: '', code, detail });

const tooLong = lineError('tooLarge', `is longer than ${LINE_BYTES_MAX / 1024} KiB`);
const notUtf8 = lineError('notUtf8', 'is no UTF-8');

/**
 * The lines of a stream of bytes, as many at a time as a chunk completes. Lines end with LF or CRLF; a byte order mark
 * is left out. Memory: one chunk and one line.
 */
export async function* textLines(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<readonly TextLine[]> {
  let [line, rest, skipping] = [1, Buffer.alloc(0), false];
  for await (const chunk of chunks) {
    let bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (skipping) {
      const end = bytes.indexOf(NEWLINE);
      if (end < 0) continue;
      [bytes, skipping, line] = [bytes.subarray(end + 1), false, line + 1];
    }
    if (rest.length > 0) bytes = Buffer.concat([rest, bytes]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const lines = end === 0 ? [] : linesOf(bytes.subarray(0, end - 1), line);
    line += lines.length;
    // A copy, so that the few bytes of a rest do not keep the whole chunk.
    rest = Buffer.from(bytes.subarray(end));
    if (rest.length > LINE_BYTES_MAX) {
      lines.push({ line, error: tooLong });
      [rest, skipping] = [Buffer.alloc(0), true];
    }
    yield lines;
  }
  if (rest.length > 0) yield linesOf(rest, line);
}

function linesOf(bytes: Buffer, firstLine: number): TextLine[] {
  const lines: TextLine[] = [];
  const ascii = isAscii(bytes) ? bytes.toString('latin1') : null;
  for (let from = 0; from <= bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from);
    const next = newline < 0 ? bytes.length : newline;
    const end = next > from && bytes[next - 1] === CARRIAGE_RETURN ? next - 1 : next;
    lines.push(lineOf(firstLine + lines.length, bytes, from, end, ascii));
    from = next + 1;
  }
  return lines;
}

function lineOf(line: number, bytes: Buffer, from: number, end: number, ascii: string | null): TextLine {
  if (end - from > LINE_BYTES_MAX) return { line, error: tooLong };
  if (ascii !== null) return { line, text: ascii.slice(from, end) };
  const own = bytes.subarray(from, end);
  if (!isUtf8(own)) return { line, error: notUtf8 };
  const text = own.toString('utf8');
  return { line, text: line === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
}
