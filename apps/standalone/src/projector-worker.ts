import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { EventStoreError, openEventStore, type EventStore, type OpenOptions } from '@bestendig/event-store';
import { runProjector } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { startPartThreads } from '@bestendig/projector';
import type { ProjectorData, ProjectorMessage } from './projector-thread';

const RETRY_MS = 250;

// The whole of this thread: follow the log until told to stop. What it throws ends the thread and reaches its parent.
void follow(workerData as ProjectorData);

async function follow({ log, approval }: ProjectorData): Promise<void> {
  const stop = new AbortController();
  parentPort?.once('message', () => stop.abort());
  const tell = (message: ProjectorMessage) => parentPort?.postMessage(message);
  const store = await open(log, stop.signal);
  try {
    if (store !== null)
      await runProjector({
        set: READ_MODELS,
        store,
        databaseUrl: log.databaseUrl,
        signal: stop.signal,
        startFolders: () => startPartThreads(log),
        approval,
        onProgress: ({ appliedEvents, atHead }) => tell({ appliedEvents, atHead }),
        onWaiting: (differences) => tell({ waitsForApproval: differences }),
      });
  } finally {
    await store?.close();
    parentPort?.unref();
  }
}

/** A server that is just restarting is waited for, as the projector does later. Null when told to stop. */
async function open(log: OpenOptions, signal: AbortSignal): Promise<EventStore | null> {
  while (!signal.aborted) {
    try {
      return await openEventStore({ ...log, maxConnections: 4 });
    } catch (error) {
      if (!(error instanceof EventStoreError && error.code === 'unavailable')) throw error;
      await sleep(RETRY_MS);
    }
  }
  return null;
}
