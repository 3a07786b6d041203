/** UTC text with six decimals, as the event store writes times. */
export type Instant = string;

export const OUTCOMES = ['accepted', 'duplicate', 'parked', 'refused', 'deadLetter'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What the ledger keeps of one delivery of a message. A message that may hold a BSN leaves no source, id or event: the table refuses them. */
export type DeliveryRow = {
  /** `http:<uuid of request>#<index>`, `file:<sha256 of the file>#<line>`, `kafka:<topic>/<partition>#<offset>`: of each there is one row, the first. */
  readonly origin: string;
  readonly source: string | null;
  readonly messageId: string | null;
  readonly outcome: Outcome;
  /** Code: why it was parked, refused or set aside as a dead letter; null where there is nothing to say. */
  readonly reason: string | null;
  /** JSON pointers of what was wrong; never a value. */
  readonly fields?: readonly string[];
  /** Hex: SHA-256 of the content, of what was refused an HMAC under the installation's key. */
  readonly digest: string | null;
  readonly placementId: string | null;
  readonly eventIds: readonly string[];
  /** When its events were recorded; null where there are none. */
  readonly recordedAt: Instant | null;
};

/** A row of the ledger as it is read. */
export type Delivery = Required<DeliveryRow> & {
  /** Where it stands in the order in which rows were written; a cursor. */
  readonly seen: string;
  /** When the row was written, by the database's clock. */
  readonly receivedAt: Instant;
};

/** What became of the deliveries of a source that were received on one day (Europe/Amsterdam). */
export type DeliveryCount = {
  readonly source: string | null;
  readonly day: string;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly count: number;
};
