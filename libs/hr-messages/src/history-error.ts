export const HISTORY_ERRORS = [
  'jsonArray', // one JSON array instead of one object a line
  'noHeader', // neither JSON nor a CSV header with the column `type`
  'unreadableHeader', // the first line is broken, too long or no UTF-8
  'sameColumnTwice',
  'mayHoldBsn', // the name of a column may hold a BSN
] as const; // prettier-ignore
export type HistoryErrorCode = (typeof HISTORY_ERRORS)[number];

/** A file that cannot be read as a history at all. What is wrong with one line is said of that line instead. */
export class HistoryFileError extends Error {
  constructor(
    readonly code: HistoryErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'HistoryFileError';
  }
}
