import { EventStoreError } from '@bestendig/event-store';
import { isUnavailable } from '@bestendig/postgres';

/** A store is away, starting, overloaded, or its disk is full: another try may mend it. */
export const isAway = (error: unknown): boolean =>
  error instanceof EventStoreError ? error.code === 'unavailable' : isUnavailable(error);
