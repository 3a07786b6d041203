/** Stable codes of what can be wrong with a message. A detail says what would be right; it never repeats a value. */
export const MESSAGE_ERROR_CODES = [
  'mayHoldBsn', // nine digits that pass the eleven test: refused, and no copy is kept
  'required', // the field is missing
  'unknownField', // the contract has no such field here
  'unknownType', // no message type of the contract
  'wrongType', // text where a number belongs, and the like
  'notAllowed', // not one of the values of a closed list
  'pattern', // a text that does not have the form of its field
  'notADate', // no date of the calendar, or outside 1950 to 2100
  'notATime', // no RFC 3339 time
  'outOfRange', // a number, a count or a time outside its limits
  'sharesSum', // shares of inleners that do not sum to 1
  'sameTwice', // the same inlener and team twice
  'oneOfRequired', // none of a group of fields of which one is needed
  'tooDeep', // nested deeper than any message of the contract
  'tooLarge', // more fields than any message of the contract, or a line over 64 KiB
  'notJson', // not JSON, or holding what JSON cannot say
  'brokenLine', // a line of a file that is no CSV: a quote that does not close, or text after one that does
  'cellCount', // a line of a CSV file with more or fewer cells than its header
  'notUtf8', // bytes that are no UTF-8
] as const;
export type MessageErrorCode = (typeof MESSAGE_ERROR_CODES)[number];

export type MessageError = {
  /** RFC 6901 pointer into the message; a name that a sender chose and that does not look like a field's is `*`. */
  readonly pointer: string;
  readonly code: MessageErrorCode;
  readonly detail: string;
};

/** What is left of a message that was refused: never a value of it. */
export type Refusal = {
  readonly code: 'mayHoldBsn' | 'invalid';
  readonly errors: readonly MessageError[];
  readonly origin: string;
  /** The message's own, where they are there and valid; null where it may hold a BSN, or cannot be read. */
  readonly source: string | null;
  readonly messageId: string | null;
  /** HMAC-SHA-256 hex of the content under the installation's key, so that what it held cannot be guessed from it. Null where there is no content that can be read. */
  readonly digest: string | null;
};
