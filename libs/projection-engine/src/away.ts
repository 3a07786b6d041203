import { EventStoreError } from '@bestendig/event-store';
import { isUnavailable } from '@bestendig/postgres';
import { LogCopyError } from './log-copy-files';

/** A store is away, starting, overloaded, or its disk is full: another try may mend it. */
export const isAway = (error: unknown): boolean => {
  if (error instanceof EventStoreError) return error.code === 'unavailable';
  return error instanceof LogCopyError ? error.code === 'logCopyDiskFull' : isUnavailable(error);
};
