import './low-priority';
import { parentPort, workerData } from 'node:worker_threads';
import { openEventStore, type EventStore } from '@bestendig/event-store';
import { connectForParts, copyStep, foldPart } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import type { PartAnswer, PartWorkerData, ThreadTask } from './part-threads';

// The whole of this thread: one part after the other, until it is ended from outside. A part is one transaction, so that
// ending it at any moment leaves nothing behind; a copy knows how far it was told to be.
const { log } = workerData as PartWorkerData;
const connected = connectForParts(log.databaseUrl);
// Who asks for a part is told.
connected.catch(() => undefined);
let opened: Promise<EventStore> | null = null;
/** Not needed for what was copied: then it may be away. */
const store = async (): Promise<EventStore> => {
  opened ??= openEventStore({ ...log, maxConnections: 3 });
  opened.catch(() => (opened = null));
  return opened;
};

parentPort?.on('message', (task: ThreadTask) => void answer(task).then((told) => parentPort?.postMessage(told)));

async function answer(task: ThreadTask): Promise<PartAnswer> {
  try {
    const client = await connected;
    if ('copy' in task) return { done: await copyStep({ store: await store(), client }, task.copy) };
    const source = task.fold.copy === undefined ? await store() : null;
    return { done: await foldPart({ set: READ_MODELS, store: source, client }, task.fold) };
  } catch (error) {
    return { failed: sendable(error) };
  }
}

/** Errors lose their code on the way between threads. */
function sendable(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return error instanceof Error && typeof code === 'string' ? { name: error.name, message: error.message, code, stack: error.stack } : error;
}
