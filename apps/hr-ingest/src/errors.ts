import { EventStoreError } from '@bestendig/event-store';
import { KafkaError } from '@bestendig/kafka';
import { isUnavailable } from '@bestendig/postgres';

export const HR_INGEST_ERRORS = [
  'badSettings', // settings that do not say what is needed
  'topicMadeAnew', // an offset holds another message than before
] as const; // prettier-ignore
export type HrIngestErrorCode = (typeof HR_INGEST_ERRORS)[number];

export class HrIngestError extends Error {
  constructor(
    readonly code: HrIngestErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'HrIngestError';
  }
}

/** A value that PostgreSQL cannot take, or a rule of a table that it breaks. */
const OF_A_VALUE = /^2[23][0-9A-Z]{3}$/;
/** What our own code throws where it meets what it did not expect. By name: an error may be of another realm. */
const DEFECTS = ['TypeError', 'RangeError', 'SyntaxError', 'URIError'];

/**
 * Whether one message is to blame, so that it would never do better: known cases only. Everything else (a store or broker that
 * is away, read-only, full or wrongly set up) is nobody's fault, and is tried again for as long as it takes.
 */
export function isOfAMessage(error: unknown): boolean {
  if (error instanceof EventStoreError) return error.code === 'tooLarge' || error.code === 'invalidEvent';
  if (error instanceof KafkaError || error instanceof HrIngestError || !(error instanceof Error)) return false;
  return DEFECTS.includes(error.name) || OF_A_VALUE.test(String(Reflect.get(error, 'code')));
}

/** Whether a store or the broker cannot be reached now. */
export function isAway(error: unknown): boolean {
  return ((error instanceof EventStoreError || error instanceof KafkaError) && error.code === 'unavailable') || isUnavailable(error);
}

/** Whether Kafka's client failed in a way that is no outage: tried again all the same, and told aloud. */
export const isDefect = (error: unknown): boolean => error instanceof KafkaError && error.code === 'failed';
