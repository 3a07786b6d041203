import { sha256Hex } from './canonical';
import { EventStoreError, type Envelope, type EventFilter, type Instant, type Position, type RawEvent, type RecordedEvent } from './port';

/** By event type, then by the version it brings one further: `{ ContractSigned: { 1: (data) => ({ ...data, form: 'payroll' }) } }`. */
export type Upcasters = { readonly [type: string]: { readonly [fromVersion: number]: (data: object) => object } };

/** What the canonical text holds. */
export type Sealed = { readonly body: object; readonly envelope: Omit<Envelope, 'hash'> };

/** The one place where stored bytes become a type: the store wrote them, under a hash. */
export function parseCanonical(canonical: string): Sealed {
  return JSON.parse(canonical) as Sealed;
}

/** An event as read: parsed once, brought to the newest schema version, with the time from which it was known. */
export function toRecordedEvent(raw: Omit<RawEvent, 'stream' | 'revision'>, knownTime: Instant | null, upcasters: Upcasters, verify = false): RecordedEvent {
  if (verify && sha256Hex(raw.canonical) !== raw.hash) throw new EventStoreError('brokenChain', `The event at ${raw.position}: its hash does not follow from its text.`);
  const { body, envelope } = parseCanonical(raw.canonical);
  let data = body;
  let version = envelope.schemaVersion;
  for (let upcast = upcasters[envelope.type]?.[version]; upcast !== undefined; upcast = upcasters[envelope.type]?.[version]) {
    data = upcast(data);
    version++;
  }
  // Field by field: a spread of the parsed envelope makes an object that is four times as slow to make and to read.
  return {
    id: envelope.id,
    type: envelope.type,
    schemaVersion: version,
    stream: envelope.stream,
    revision: envelope.revision,
    recordedAt: envelope.recordedAt,
    reportedAt: envelope.reportedAt,
    asReported: envelope.asReported,
    actor: envelope.actor,
    onBehalfOf: envelope.onBehalfOf,
    organisation: envelope.organisation,
    source: envelope.source,
    messageId: envelope.messageId,
    messageDigest: envelope.messageDigest,
    origin: envelope.origin,
    correlationId: envelope.correlationId,
    causationId: envelope.causationId,
    keyId: envelope.keyId,
    previousHash: envelope.previousHash,
    hash: raw.hash,
    data,
    position: raw.position,
    knownTime: knownTime ?? envelope.recordedAt,
  };
}

/** The stream's name up to the first `-`. */
export function categoryOf(stream: string): string {
  const end = stream.indexOf('-');
  return end < 0 ? stream : stream.slice(0, end);
}

/** The category that belongs to stores: what they themselves write in the log. It is hashed, chained and carried over like every event, and shown to nobody. */
export const OF_STORES = 'clock-';

/** True for a stream in which stores write what they need to keep their promises about time. */
export function isOfStores(stream: string): boolean {
  return stream.startsWith(OF_STORES);
}

export function passes(filter: EventFilter | undefined, stream: string, type: string): boolean {
  return (filter?.categories?.includes(categoryOf(stream)) ?? true) && (filter?.types?.includes(type) ?? true);
}

const PAGE_EVENTS_DEFAULT = 1_000;
const PAGE_EVENTS_MAX = 10_000;

/** How many events a page holds at most. */
export function pageLimit(asked: number | undefined): number {
  return Math.max(1, Math.min(asked ?? PAGE_EVENTS_DEFAULT, PAGE_EVENTS_MAX));
}

/** Positions are a mark for the adapter and a number: the mark keeps one store's positions from being read as another's. */
export function positionText(mark: string, position: number): Position {
  return `${mark}${position}`;
}

/** @throws EventStoreError `positionUnknown` */
export function positionNumber(mark: string, position: Position): number {
  const number = position.startsWith(mark) ? Number(position.slice(mark.length)) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < 1) throw new EventStoreError('positionUnknown', 'This store never gave that position.');
  return number;
}
