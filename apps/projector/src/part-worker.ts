import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openEventStore } from '@bestendig/event-store';
import { connectForParts, foldPart, type PartTask } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import type { PartAnswer, PartWorkerData } from './part-threads';

// A rebuild takes the processor time that questions and recording leave; where the system does not allow it, its share.
try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // It is a courtesy.
}

// The whole of this thread: fold one part after the other, until it is ended from outside. A part is one transaction, so
// that ending it at any moment leaves nothing behind.
const { log } = workerData as PartWorkerData;
const opened = Promise.all([openEventStore({ ...log, maxConnections: 3 }), connectForParts(log.databaseUrl)]);
// Who asks for a part is told.
opened.catch(() => undefined);

parentPort?.on('message', (task: PartTask) => void answer(task).then((told) => parentPort?.postMessage(told)));

async function answer(task: PartTask): Promise<PartAnswer> {
  try {
    const [store, client] = await opened;
    return { done: await foldPart({ set: READ_MODELS, store, client }, task) };
  } catch (error) {
    return { failed: sendable(error) };
  }
}

/** Errors lose their code on the way between threads. */
function sendable(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return error instanceof Error && typeof code === 'string' ? { name: error.name, message: error.message, code, stack: error.stack } : error;
}
