import { EventStoreError, type Instant, type Position, type RawEvent } from '../port';
import { parseCanonical, type Sealed } from '../reading';
import type { NewServerEvent, ServerEvent, ServerPosition } from './connection';
import type { Names } from './names';

/** What is kept beside the hashed text. */
export type Beside = {
  readonly hash: string;
  /** The term its writer was in; null for a restored event, which no writer can have sent late. */
  readonly term: number | null;
  /** From when a restored event was known, where that is not its recordedAt. */
  readonly known: Instant | null;
};

/** An event of this log as the server keeps it. */
export type KeptEvent = ServerEvent & { /** Our name of the stream. */ readonly name: string; readonly beside: Beside };

const POSITION = /^e(\d{1,19})\/(\d{1,19})$/;

export function positionOf({ commit, prepare }: ServerPosition): Position {
  return `e${commit}/${prepare}`;
}

/** @throws EventStoreError `positionUnknown` */
export function parsePosition(position: Position): ServerPosition {
  const parts = POSITION.exec(position);
  if (parts === null) throw neverGiven();
  return { commit: BigInt(parts[1] ?? 0), prepare: BigInt(parts[2] ?? 0) };
}

export function comparePositions(a: ServerPosition, b: ServerPosition): number {
  return Number(a.commit - b.commit) || Number(a.prepare - b.prepare);
}

export function neverGiven(): EventStoreError {
  return new EventStoreError('positionUnknown', 'This store never gave that position.');
}

/** Those of the events that are of this log. */
export function keptEvents(events: readonly ServerEvent[], names: Names): readonly KeptEvent[] {
  const kept: KeptEvent[] = [];
  for (const event of events) {
    // What the server itself writes in a stream that somebody deletes is no event of ours.
    const name = event.type.startsWith('$') ? null : names.ours(event.stream);
    if (name === null) continue;
    const { stream, revision, type, data, metadata, commit, prepare } = event;
    kept.push({ stream, revision, type, data, metadata, commit, prepare, name, beside: besideOf(event) });
  }
  return kept;
}

export function rawOf(event: KeptEvent): RawEvent {
  return { position: positionOf(event), stream: event.name, revision: event.revision, hash: event.beside.hash, canonical: canonicalOf(event) };
}

export function canonicalOf({ data }: ServerEvent): string {
  return data;
}

/** @throws EventStoreError `brokenChain` where the text is none of ours. */
export function sealedOf(event: KeptEvent): Sealed {
  try {
    return parseCanonical(canonicalOf(event));
  } catch (cause) {
    throw new EventStoreError('brokenChain', `Event ${event.revision} of ${event.name}: its text is not JSON.`, { cause });
  }
}

/**
 * An event as it is sent: the hashed text's exact bytes, and what is beside it. The server's id comes from the hash, not from our id: the
 * server takes an append of an id that it has as done, and the same event decided on twice, at different times, is not the same.
 */
export function toServerEvent(event: { readonly type: string; readonly canonical: string; readonly hash: string }, beside: { readonly term: number } | { readonly known: Instant } | null): NewServerEvent {
  return { id: event.hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), type: event.type, data: Buffer.from(event.canonical), metadata: Buffer.from(JSON.stringify({ hash: event.hash, ...beside })) };
}

/** What most events have beside them is read without parsing: a rebuild does it for the whole log. */
const [BEFORE_HASH, BEFORE_TERM] = ['{"hash":"', '","term":'];
const HASH_END = BEFORE_HASH.length + 64;
const TERM_AT = HASH_END + BEFORE_TERM.length;

function besideOf({ metadata: text }: ServerEvent): Beside {
  if (text.startsWith(BEFORE_HASH) && text.startsWith(BEFORE_TERM, HASH_END) && text.length < TERM_AT + 12) {
    const term = Number(text.slice(TERM_AT, -1));
    if (Number.isSafeInteger(term)) return { hash: text.slice(BEFORE_HASH.length, HASH_END), term, known: null };
  }
  const metadata = parsed(text);
  const field = (name: string): unknown => (typeof metadata === 'object' && metadata !== null && name in metadata ? Reflect.get(metadata, name) : null);
  const [hash, term, known] = [field('hash'), field('term'), field('known')];
  return { hash: typeof hash === 'string' ? hash : '', term: typeof term === 'number' ? term : null, known: typeof known === 'string' ? known : null };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not of ours: without its hash the chain is found broken where it is verified.
    return null;
  }
}
