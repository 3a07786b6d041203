import { EventStoreError } from '../port';

/** A failure of a call, by shape: the clients' errors come in several classes, some of them plain. */
export type Failure = { readonly code?: unknown; readonly type?: unknown; readonly message?: unknown; readonly details?: unknown; readonly metadata?: unknown };

const [CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, PERMISSION_DENIED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE, UNAUTHENTICATED] = [1, 2, 4, 7, 8, 10, 13, 14, 16];
/** What the call came to is not known, or it came to nothing: another try may mend it. */
const LOST = new Set<unknown>([CANCELLED, DEADLINE_EXCEEDED, ABORTED, INTERNAL, UNAVAILABLE]);
const LOST_TYPES = new Set<unknown>(['unavailable', 'deadline-exceeded', 'cancelled', 'timeout', 'not-leader']);
const LOST_TEXTS = /Server Is Not Ready|not ready|Failed to discover|no leader|not leader|too busy|timed? ?out|shut ?down|write after end|ECONN|EPIPE|transport error|connection|Socket closed/i;
const INVALID_ARGUMENT = 3;
/** What a server says of a place in its log at which no event begins. */
const NO_POSITION_TEXTS = /position|Exception was thrown by handler/i;

export function isLost(error: Failure): boolean {
  return LOST.has(error.code) || LOST_TYPES.has(exceptionOf(error)) || LOST_TEXTS.test(textOf(error));
}

/** An error with a code of ours where it is one; anything else stays what it is. No message names credentials. */
export function codedFailure(error: unknown): unknown {
  if (error instanceof EventStoreError || typeof error !== 'object' || error === null) return error;
  const failure: Failure = error;
  const exception = exceptionOf(failure);
  const coded = (code: EventStoreError['code'], message: string): EventStoreError => new EventStoreError(code, message, { cause: error });
  if (exception === 'stream-deleted') return coded('streamDeleted', 'The stream was deleted in the EventStoreDB itself.');
  if (exception === 'access-denied' || failure.code === PERMISSION_DENIED || failure.code === UNAUTHENTICATED) return coded('unauthorised', 'The EventStoreDB does not let this program in, or not do that.');
  if (exception === 'maximum-append-size-exceeded' || failure.code === RESOURCE_EXHAUSTED) return coded('tooLarge', 'More than the EventStoreDB takes in one append.');
  if (isLost(failure)) return coded('unavailable', `The EventStoreDB is not available: ${textOf(failure) || String(failure.code)}.`);
  if (failure.code === UNKNOWN) return coded('unavailable', `The EventStoreDB refused a call: ${textOf(failure)}.`);
  return error;
}

/** True for a read that began at a place in the server's log where no event begins. */
export function isNoPosition(error: unknown): boolean {
  const failure: unknown = error instanceof EventStoreError ? error.cause : error;
  if (typeof failure !== 'object' || failure === null || !('code' in failure)) return false;
  return failure.code === INVALID_ARGUMENT || (failure.code === UNKNOWN && NO_POSITION_TEXTS.test(textOf(failure)));
}

function exceptionOf(error: Failure): unknown {
  const metadata = error.metadata;
  if (typeof metadata === 'object' && metadata !== null && 'get' in metadata && typeof metadata.get === 'function') {
    const values: unknown = metadata.get('exception');
    if (Array.isArray(values) && values.length > 0) return String(values[0]);
  }
  return error.type;
}

function textOf({ details, message }: Failure): string {
  return typeof details === 'string' && details !== '' ? details : typeof message === 'string' ? message : '';
}
