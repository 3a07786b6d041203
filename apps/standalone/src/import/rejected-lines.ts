import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { unusableFile } from '../errors';

/** Why a line was refused. `field` is a pointer into the message; none of these holds a value of the line. */
export type Rejection = { readonly line: number; readonly field: string; readonly code: string; readonly reason: string };

/** The file that tells of refused lines. It is made with the first of them; one of an earlier run is removed. */
export class RejectedLines {
  private file: number | null = null;
  private waiting: Rejection[] = [];

  constructor(readonly path: string) {
    this.orUnusable(() => rmSync(path, { force: true }));
  }

  add(rejection: Rejection): void {
    this.waiting.push(rejection);
  }

  get any(): boolean {
    return this.file !== null || this.waiting.length > 0;
  }

  /** Writes what waits, in the order of the lines: once a batch, whichever way its lines came to be refused. */
  flush(): void {
    if (this.waiting.length === 0) return;
    this.waiting.sort((a, b) => a.line - b.line);
    const header = this.file === null;
    // A spreadsheet takes a cell that begins with = + - @ for a formula.
    const text = stringify(this.waiting, { header, columns: ['line', 'field', 'code', 'reason'], escape_formulas: true });
    this.orUnusable(() => {
      this.file ??= openSync(this.path, 'w');
      writeSync(this.file, text);
    });
    this.waiting = [];
  }

  close(): void {
    this.flush();
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  private orUnusable(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw unusableFile(this.path, 'written', error);
    }
  }
}
