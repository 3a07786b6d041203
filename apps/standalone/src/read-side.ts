import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position } from '@bestendig/event-store';
import { versionOf } from '@bestendig/projection-engine';
import { caughtUpTo, READ_MODELS } from '@bestendig/read-models';
import { generationsOf, liveGeneration, openRebuild, ReadStoreError, type ReadStore } from '@bestendig/read-store';
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
  let [last, moved] = ['', performance.now()];
  while (!(await holdsAll(readStore, store, head))) {
    signal.throwIfAborted();
    // Of all builds: a new version of this software makes them anew beside the live ones first.
    const applied = (await generationsOf(readStore.pool, READ_MODELS.name)).reduce((sum, { appliedEvents: events }) => sum + events, 0);
    const open = await openRebuild(readStore.pool, versionOf(READ_MODELS));
    const sign = `${applied} ${open?.toldAt ?? ''}`;
    if (sign !== last) [last, moved] = [sign, performance.now()];
    else if (open?.state === 'awaitsApproval') throw new StandaloneError('awaitsApproval', 'The read models of this version of the program differ from those before: npm run projections -- list shows where, approve switches to them.');
    else if (performance.now() - moved > STUCK_MS_MAX) throw new StandaloneError('readModelsStuck', 'The read models do not come further: is a projector running?');
    const live = await appliedEvents(readStore);
    progress.update(live, Math.max(expected, live + 1), live);
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  const live = await appliedEvents(readStore);
  progress.update(live, live, live);
}

async function holdsAll(readStore: ReadStore, store: EventStore, head: Position): Promise<boolean> {
  try {
    return await caughtUpTo(readStore, store, head, 0);
  } catch (error) {
    if (error instanceof ReadStoreError && error.code === 'notReady') return false;
    throw error;
  }
}

/** Events that the read models hold now. */
export async function appliedEvents(readStore: ReadStore): Promise<number> {
  return (await liveGeneration(readStore.pool, READ_MODELS.name))?.appliedEvents ?? 0;
}
