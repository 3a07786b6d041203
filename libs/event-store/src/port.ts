/**
 * The event store as every part of the system sees it. Adapters (PostgreSQL, EventStoreDB, in-memory) keep the
 * same promises, held together by one conformance suite.
 */

/** UTC text with six decimals, `2026-01-31T12:00:00.000000Z`: text order is time order. */
export type Instant = string;

/** Where an event stands in the global order. Opaque: kept and given back, never looked into, only compared by the store. */
export type Position = string;

/** What the caller gives. `id` is unique within its stream. */
export type NewEvent = {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
  readonly meta: EventMeta;
};

/** The part of the envelope that the caller knows. Everything is in the hash, so everything is there from the first event on. */
export type EventMeta = {
  /** When the source says it knew; kept and shown, never used for known times. */
  readonly reportedAt: Instant | null;
  readonly actor: string;
  readonly onBehalfOf: string | null;
  /** The controller. */
  readonly organisation: string;
  readonly source: string | null;
  readonly messageId: string;
  /** Digest of the message's content: the same id with another digest is an error. */
  readonly messageDigest: string;
  /** Origin of the delivery: `http:<request>#<index>`, `file:<sha256>#<line>`, `reaction:<name>`, ... */
  readonly origin: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Id of the key for encrypted fields; null while there is none. */
  readonly keyId: string | null;
};

/** The whole envelope, as hashed (`hash` itself excepted). */
export type Envelope = EventMeta & {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly stream: string;
  /** From 0, without gaps. */
  readonly revision: number;
  /** When this system learnt it: set by the store, never by a caller; never goes back along the global order. */
  readonly recordedAt: Instant;
  /** True where recordedAt was taken from reportedAt by `import --as-reported`. */
  readonly asReported: boolean;
  /** Hex of the stream's event before this one; null for revision 0. */
  readonly previousHash: string | null;
  /** Hex SHA-256 over the RFC 8785 text of { envelope without hash, body }. */
  readonly hash: string;
};

/** An event as read: upcast to the newest schema version. */
export type RecordedEvent = Envelope & {
  readonly data: object;
  readonly position: Position;
  /** Highest recordedAt up to and including this event in the global order. Cuts and `knownAt` use this. */
  readonly knownTime: Instant;
};

/** An event exactly as hashed. */
export type RawEvent = { readonly position: Position; readonly stream: string; readonly revision: number; readonly hash: string; /** RFC 8785 text of { envelope without hash, body } */ readonly canonical: string };

export const NO_EVENTS = -1;
/** NO_STREAM: never existed. EXISTS: has an event. ANY: no expectation (the adapter re-reads and retries). A number: the revision of its last event. */
export type Expected = 'NO_STREAM' | 'EXISTS' | 'ANY' | number;

export type StreamWrite = { readonly stream: string; readonly expected: Expected; readonly events: readonly NewEvent[] };

/** Atomic is one stream. Each write has its own result, in the order asked. */
export type StreamResult =
  /** All are in the stream now. `events` in the order given; `existing` is true for those that were there before (same id, same digest): they were not appended again. */
  | {
      readonly outcome: 'appended' | 'alreadyThere';
      readonly events: readonly { readonly id: string; readonly revision: number; readonly recordedAt: Instant; readonly existing: boolean }[];
      /** Revision of the stream's last event now. */
      readonly revision: number;
      /** Position of the last of these events: what a reader waits for to see them. */
      readonly position: Position;
    }
  | { readonly outcome: 'conflict'; /** NO_EVENTS where the stream does not exist */ readonly actual: number }
  | { readonly outcome: 'idReusedWithOtherContent'; readonly eventId: string };

/**
 * A run of `import --as-reported`: recordedAt of each event is its own reportedAt, which must not go back from one event
 * to the next in the order given. Only on a store that holds nothing but this unfinished run.
 */
export type AsReported = { readonly run: string };

export type EventFilter = {
  /** Categories: the stream's name up to the first `-`. */
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
};

export type Page = {
  readonly events: readonly RecordedEvent[];
  /** Where to read on from (exclusive): the last event looked at, whether it passed the filter or not. Null: nothing looked at, stay where you are. */
  readonly next: Position | null;
  /** True where the end of the log was reached when this page was read. */
  readonly atHead: boolean;
};

export type StreamReadOptions = { readonly direction?: 'forward' | 'backward'; readonly fromRevision?: number; readonly limit?: number };

/**
 * The category `clock` belongs to the stores themselves: what an adapter must write in the log to keep its promises about time.
 * Such events are hashed and chained, and {@link EventStore.readRaw} and {@link EventStore.restore} carry them like every other, so that any
 * adapter can hold any log; append refuses the category, and no other read shows it. A page's `next` may stand at one.
 */
export type EventStore = {
  append(writes: readonly StreamWrite[], options?: { readonly asReported?: AsReported }): Promise<readonly StreamResult[]>;
  /** Empty where the stream does not exist. Inclusive of `fromRevision`. */
  readStream(stream: string, options?: StreamReadOptions): Promise<readonly RecordedEvent[]>;
  /** Many streams at once; a stream that does not exist is absent from the map. */
  readStreams(streams: readonly string[]): Promise<ReadonlyMap<string, readonly RecordedEvent[]>>;
  /** Names of the streams of one category that exist, in order of their text, after one (exclusive; null: from the first): what is read in parts in a rebuild. */
  streamsOf(category: string, after: string | null, limit: number): Promise<readonly string[]>;
  /** `from` is exclusive; null is the start of the log. Backward: from the end (null) towards the start. `verify` checks that each event's hash follows from its text (`brokenChain`). */
  readAll(from: Position | null, options?: { readonly filter?: EventFilter; readonly limit?: number; readonly direction?: 'forward' | 'backward'; readonly verify?: boolean }): Promise<Page>;
  /** Pages from a position on, for ever: neither missing nor doubling an event across reconnects. An empty page says, once, that the end is reached. Ends when the signal aborts. */
  subscribe(from: Position | null, options: { readonly filter?: EventFilter; readonly limit?: number; readonly signal: AbortSignal }): AsyncIterable<Page>;
  /** The log exactly as hashed, in global order. */
  readRaw(from: Position | null, limit: number): Promise<readonly RawEvent[]>;
  /** Position of the last event, null while the log is empty. */
  headPosition(): Promise<Position | null>;
  comparePositions(a: Position, b: Position): number;
  /** A time at or before which nothing more can be recorded; the beginning of time while the log is empty, since a restore or a run of --as-reported may still record the past. */
  settledThrough(): Promise<Instant>;
  /** Appends raw events to an empty store, or goes on with the unfinished restore of the same log; verifies each hash and chain. */
  restore(events: AsyncIterable<readonly RawEvent[]>, options: { readonly run: string }): Promise<{ readonly restored: number }>;
  /** Runs of --as-reported: refuses where the store holds anything else or another run is unfinished. Null where it was already finished. */
  beginAsReported(run: string): Promise<'begun' | 'resumed' | 'alreadyFinished'>;
  endAsReported(run: string, how: 'finished' | 'givenUp'): Promise<void>;
  close(): Promise<void>;
};

export const EVENT_STORE_ERRORS = [
  'unavailable', // cannot be reached, starting, or overloaded: may be tried again
  'tooLarge', // an event or an append is over the limit
  'asReportedRunInProgress', // a run of --as-reported refuses every other append
  'asReportedRunNotOpen', // an append names a run that was not begun, or has ended
  'restoreInProgress', // an unfinished restore refuses every append
  'storeNotEmpty', // restore and --as-reported need a store that holds nothing else
  'brokenChain', // a hash does not follow from its event and the one before
  'recordedAtGoesBack', // --as-reported: lines must come sorted by reportedAt
  'invalidEvent', // an event the store cannot keep: not JSON, no id, bad stream name
  'positionUnknown', // a position this store never gave
  'unauthorised', // the store does not let this program in, or not do that
  'streamDeleted', // somebody deleted the stream in the store itself: nothing of ours does
  'otherLog', // what lies beside the log belongs to another log than the one that is opened
  'badSettings', // settings that name no store
] as const; // prettier-ignore
export type EventStoreErrorCode = (typeof EVENT_STORE_ERRORS)[number];

export class EventStoreError extends Error {
  constructor(
    readonly code: EventStoreErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'EventStoreError';
  }
}
