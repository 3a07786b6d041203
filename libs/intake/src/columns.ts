/** A column of times as UTC text with six decimals, as the event store writes them. */
export const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** The day of the Netherlands on which a delivery was received. */
export const RECEIVED_DAY = `(received_at at time zone 'Europe/Amsterdam')::date`;

/** A row of the ledger as it is read: `Delivery`. */
export const SELECT_DELIVERY = `select seen::text, origin, source, message_id as "messageId", outcome, reason, fields,
  encode(digest, 'hex') as digest, placement_id as "placementId", event_ids::text[] as "eventIds",
  ${instant('recorded_at')} as "recordedAt", ${instant('received_at')} as "receivedAt" from intake.delivery`;

/** What was neither recorded nor recorded before: as the index `delivery_set_aside` says it. */
export const SET_ASIDE = `outcome in ('parked', 'refused', 'deadLetter')`;

/** Conditions of a statement, with the values they take. */
export class Conditions {
  readonly values: unknown[];
  private readonly texts: string[] = [];

  /** After values that the statement takes itself. */
  constructor(values: readonly unknown[] = []) {
    this.values = [...values];
  }

  /** Each `?` stands for one of the values. Only what is asked for is said, so that a statement is planned for just that. */
  and(text: string, ...values: readonly unknown[]): this {
    if (values.includes(undefined)) return this;
    let place = this.values.length;
    this.texts.push(text.replace(/\?/g, () => `$${(place += 1)}`));
    this.values.push(...values);
    return this;
  }

  get text(): string {
    return this.texts.length === 0 ? 'true' : this.texts.join(' and ');
  }
}
