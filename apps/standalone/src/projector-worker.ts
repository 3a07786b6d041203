import { parentPort, workerData } from 'node:worker_threads';
import { openPostgresEventStore } from '@bestendig/event-store';
import { runProjector } from '@bestendig/read-models';
import type { ProjectorData, ProjectorMessage } from './projector-thread';

// The whole of this thread: follow the log until told to stop. What it throws ends the thread and reaches its parent.
void follow(workerData as ProjectorData);

async function follow({ databaseUrl }: ProjectorData): Promise<void> {
  const stop = new AbortController();
  parentPort?.once('message', () => stop.abort());
  const tell = (message: ProjectorMessage) => parentPort?.postMessage(message);
  const store = await openPostgresEventStore({ databaseUrl, maxConnections: 4 });
  try {
    await runProjector({ store, databaseUrl, signal: stop.signal, onProgress: ({ appliedEvents, atHead }) => tell({ appliedEvents, atHead }) });
  } finally {
    await store.close();
    parentPort?.unref();
  }
}
