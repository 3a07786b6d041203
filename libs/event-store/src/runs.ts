import type { LogEnd } from './append-rules';
import { EventStoreError } from './port';

/** What became of a run of --as-reported; a row outside the log. */
export type RunState = 'running' | 'finished' | 'givenUp';

/** @throws EventStoreError where the store holds anything else, or another run is unfinished. */
export function beginRun(end: LogEnd, run: string, before: RunState | null): 'begun' | 'resumed' | 'alreadyFinished' {
  requireRunName(run);
  if (before === 'finished') return 'alreadyFinished';
  if (end.running === run) return 'resumed';
  if (end.running !== null) throw new EventStoreError('asReportedRunInProgress', 'Another run of --as-reported is unfinished.');
  if (end.position > 0 || end.restoring !== null) throw new EventStoreError('storeNotEmpty', 'A run of --as-reported needs a store that holds nothing.');
  return 'begun';
}

/** @throws EventStoreError where that run is not open. */
export function requireRunning(end: LogEnd, run: string): void {
  if (end.running !== run) throw new EventStoreError('asReportedRunNotOpen', 'That run of --as-reported was not begun, or has ended.');
}

/** @throws EventStoreError where the store holds anything but an unfinished restore of that run. */
export function requireRestorable(end: LogEnd, run: string): void {
  requireRunName(run);
  if (end.restoring === run) return;
  if (end.restoring !== null) throw new EventStoreError('restoreInProgress', 'Another restore is unfinished.');
  if (end.position > 0 || end.running !== null) throw new EventStoreError('storeNotEmpty', 'A restore needs a store that holds nothing.');
}

function requireRunName(run: string): void {
  if (run.length === 0 || run.length > 200) throw new EventStoreError('invalidEvent', 'A run is named with 1 to 200 characters.');
}
