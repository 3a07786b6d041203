import { canonicalJson, quoted, sha256Hex } from './canonical';
import { isInstant } from './instants';
import { isOfStores } from './reading';
import { EventStoreError, type Instant, type NewEvent, type StreamWrite, type Expected } from './port';

/** Limits, so that no caller can make the store, or a reader of it, run out of memory. */
export const EVENT_BYTES_MAX = 1_000_000;
export const APPEND_EVENTS_MAX = 10_000;
export const APPEND_BYTES_MAX = 32_000_000;

/**
 * An event whose RFC 8785 text is made but for what only the log's lock can give. The text is
 * `before asReported | until previousHash | until revision | rest`, with the four late fields in between.
 */
export type PreparedEvent = {
  readonly id: string;
  readonly type: string;
  readonly digest: string;
  readonly reportedAt: Instant | null;
  readonly parts: readonly [string, string, string, string];
};
export type PreparedWrite = { readonly stream: string; readonly expected: Expected; readonly events: readonly PreparedEvent[] };

/** What the log's lock gives an event. */
export type Place = {
  readonly revision: number;
  readonly recordedAt: Instant;
  readonly asReported: boolean;
  readonly previousHash: string | null;
};

const STREAM = /^[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9._~:-]{1,150}$/;
const TYPE = /^[A-Za-z][A-Za-z0-9]{0,99}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TEXTS = ['actor', 'correlationId', 'messageDigest', 'messageId', 'organisation', 'origin'] as const;
const TEXTS_OR_NULL = ['causationId', 'keyId', 'onBehalfOf', 'source'] as const;
/** Room for what is added under the lock: two hashes' worth of text, a time, a revision. */
const LATE_FIELDS_BYTES = 200;

/** @throws EventStoreError `invalidEvent` or `tooLarge`, before anything has been sent. */
export function prepareWrites(writes: readonly StreamWrite[]): readonly PreparedWrite[] {
  let events = 0;
  const prepared: PreparedWrite[] = [];
  for (const write of writes) {
    events += write.events.length;
    if (events > APPEND_EVENTS_MAX) throw new EventStoreError('tooLarge', `More than ${APPEND_EVENTS_MAX} events in one append.`);
    requireThat(STREAM.test(write.stream), 'A stream is named category-key, with letters, digits and . _ ~ : - in the key.');
    requireThat(!isOfStores(write.stream), 'The category clock belongs to the stores themselves.');
    requireThat(isExpected(write.expected), 'An expectation is NO_STREAM, EXISTS, ANY or a revision.');
    requireThat(write.events.length > 0, 'A write without events says nothing.');
    const one = { stream: write.stream, expected: write.expected, events: write.events.map((event) => prepareEvent(write.stream, event)) };
    prepared.push(one);
  }
  if (exceeds(prepared.flatMap((write) => write.events), APPEND_BYTES_MAX)) throw new EventStoreError('tooLarge', `More than ${APPEND_BYTES_MAX} bytes in one append.`); // prettier-ignore
  return prepared;
}

export function prepareEvent(stream: string, event: NewEvent): PreparedEvent {
  requireThat(UUID.test(event.id), 'An event id is a UUID in lower case.');
  requireThat(TYPE.test(event.type), 'An event type is letters and digits.');
  requireThat(Number.isSafeInteger(event.schemaVersion) && event.schemaVersion > 0, 'A schema version is a whole number from 1.');
  requireThat(typeof event.data === 'object' && event.data !== null && !Array.isArray(event.data), 'The data of an event is an object.');
  const m = event.meta;
  requireThat(m.reportedAt === null || isInstant(m.reportedAt), 'reportedAt is UTC text with six decimals, or null.');
  for (const field of TEXTS) requireThat(typeof m[field] === 'string', `${field} is text.`);
  for (const field of TEXTS_OR_NULL) requireThat(m[field] === null || typeof m[field] === 'string', `${field} is text or null.`);
  // The keys stand in the order RFC 8785 gives them; a property test holds this text to canonicalJson's.
  const { causationId, correlationId, keyId, messageDigest, messageId, onBehalfOf, organisation, origin } = m;
  const middle = whole({ causationId, correlationId, id: event.id, keyId, messageDigest, messageId, onBehalfOf, organisation, origin });
  const last = whole({ schemaVersion: event.schemaVersion, source: m.source, stream, type: event.type });
  const prepared: PreparedEvent = {
    id: event.id,
    type: event.type,
    digest: messageDigest,
    reportedAt: m.reportedAt,
    parts: [
      `{"body":${canonicalJson(event.data)},"envelope":{"actor":${quoted(m.actor)},"asReported":`,
      `,${middle.slice(1, -1)},"previousHash":`,
      `,"reportedAt":${m.reportedAt === null ? 'null' : `"${m.reportedAt}"`},"revision":`,
      `,${last.slice(1)}}`,
    ],
  };
  if (exceeds([prepared], EVENT_BYTES_MAX)) throw new EventStoreError('tooLarge', `An event of more than ${EVENT_BYTES_MAX} bytes.`);
  return prepared;
}

/** The event's RFC 8785 text as it is hashed and kept, and its hash. */
export function seal(event: PreparedEvent, place: Place): { readonly canonical: string; readonly hash: string } {
  const [head, untilPrevious, untilRevision, rest] = event.parts;
  const previous = place.previousHash === null ? 'null' : `"${place.previousHash}"`;
  const canonical = `${head}${place.asReported}${untilPrevious}${previous},"recordedAt":"${place.recordedAt}"${untilRevision}${place.revision}${rest}`;
  return { canonical, hash: sha256Hex(canonical) };
}

function isExpected(expected: Expected): boolean {
  return typeof expected === 'number' ? Number.isSafeInteger(expected) && expected >= -1 : ['NO_STREAM', 'EXISTS', 'ANY'].includes(expected);
}

/** A character takes three bytes of UTF-8 at most: only where that would be too many are they counted. */
function exceeds(events: readonly PreparedEvent[], bytesMax: number): boolean {
  let characters = 0;
  for (const { parts } of events) characters += LATE_FIELDS_BYTES + parts[0].length + parts[1].length + parts[2].length + parts[3].length;
  if (3 * characters <= bytesMax) return false;
  let bytes = 0;
  for (const { parts } of events) for (const part of parts) bytes += Buffer.byteLength(part);
  return bytes + LATE_FIELDS_BYTES * events.length > bytesMax;
}

/** Texts and nulls as JSON, their keys in the order given: JSON writes texts as RFC 8785 does, but for halves of characters. */
function whole(fields: Readonly<Record<string, string | number | null>>): string {
  const json = JSON.stringify(fields);
  // Half a character comes out escaped: only then is it looked for, field by field.
  if (json.includes('\\ud')) for (const value of Object.values(fields)) quoted(String(value));
  return json;
}

function requireThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new EventStoreError('invalidEvent', otherwise);
}
