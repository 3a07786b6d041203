import { EventStoreError } from '@bestendig/event-store';
import { KafkaError } from '@bestendig/kafka';
import { ApplicationError } from '@bestendig/placement-application';
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

/** Of the event store: what no message is to blame for. */
const OF_A_MESSAGE = new Set(['tooLarge', 'invalidEvent']);

/** Whether the same messages may do better later. Everything else is one message's own doing, or a defect. */
export function canBeTriedAgain(error: unknown): boolean {
  if (error instanceof EventStoreError) return !OF_A_MESSAGE.has(error.code);
  if (error instanceof KafkaError) return error.code !== 'tooLarge';
  return error instanceof HrIngestError || error instanceof ApplicationError || isUnavailable(error);
}

/** Whether a store or the broker cannot be reached now. */
export function isAway(error: unknown): boolean {
  return ((error instanceof EventStoreError || error instanceof KafkaError) && error.code === 'unavailable') || isUnavailable(error);
}
