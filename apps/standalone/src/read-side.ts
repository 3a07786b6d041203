import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@bestendig/event-store';
import { READ_MODELS } from '@bestendig/read-models';
import { liveGeneration, type ReadStore } from '@bestendig/read-store';
import { StandaloneError } from './errors';
import type { Progress } from './progress';

const POLL_MS = 100;
/** Without one event more applied for so long, nobody is applying any. */
const STUCK_MS_MAX = 120_000;

export type WaitOptions = {
  readonly store: EventStore;
  readonly readStore: ReadStore;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** How many events there are to apply in all, as far as is known: for the time left only. */
  readonly expected: number;
};

/** Waits until the read models hold all that is in the log now. @throws StandaloneError `readModelsStuck` */
export async function waitForReadModels(options: WaitOptions): Promise<void> {
  try {
    await wait(options);
  } finally {
    options.progress.stop();
  }
}

async function wait({ store, readStore, signal, progress, expected }: WaitOptions): Promise<void> {
  const head = await store.headPosition();
  if (head === null) return;
  let [last, moved] = [-1, Date.now()];
  for (;;) {
    signal.throwIfAborted();
    const live = await liveGeneration(readStore.pool, READ_MODELS);
    const applied = live?.appliedEvents ?? 0;
    if (live !== null && live.position !== null && store.comparePositions(live.position, head) >= 0) return progress.update(applied, applied, applied);
    if (applied !== last) [last, moved] = [applied, Date.now()];
    else if (Date.now() - moved > STUCK_MS_MAX) throw new StandaloneError('readModelsStuck', 'The read models do not come further: is a projector running?');
    progress.update(applied, Math.max(expected, applied + 1), applied);
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Events that the read models hold now. */
export async function appliedEvents(readStore: ReadStore): Promise<number> {
  return (await liveGeneration(readStore.pool, READ_MODELS))?.appliedEvents ?? 0;
}
