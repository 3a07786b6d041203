import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { EventStoreError, type EventStoreErrorCode, type OpenOptions } from '@bestendig/event-store';
import { LogCopyError, type LogCopyDone, type LogCopyErrorCode, type LogCopyTask, type PartDone, type PartTask } from '@bestendig/projection-engine';
import { rebuildCopyFolder } from './rebuild-source';

export type PartWorkerData = { readonly log: OpenOptions };
/** What a thread is asked for: to fold a part, or for a step of the copy of the log. */
export type ThreadTask = { readonly fold: PartTask } | { readonly copy: LogCopyTask };
/** A thread's answer to a task: what it did, or what it threw. */
export type PartAnswer = { readonly done: unknown } | { readonly failed: unknown };

/** Threads that work at a rebuild, at one part each at a time. */
export type PartThreads = {
  readonly count: number;
  readonly copyFolder: string | null;
  fold(task: PartTask): Promise<PartDone>;
  copy(task: LogCopyTask): Promise<LogCopyDone>;
  close(): Promise<void>;
};

/** More would wait for PostgreSQL, which works beside them. */
const THREADS_MAX = 8;
/** A part's placements and their rows fit several times. */
const HEAP_MIB = 1_024;
/** What is read and folded lives for as long as a piece of it does: where that fits, it is not copied twice to be thrown away. */
const YOUNG_MIB = 96;

/** As many as there are processors, unless told otherwise. */
export const partThreadCount = (): number => Math.min(availableParallelism(), THREADS_MAX);

/** @param copyFolder where the log is copied to first, null: nowhere; unless given the environment says */
export function startPartThreads(log: OpenOptions, { count = partThreadCount(), copyFolder = rebuildCopyFolder(log, process.env) }: { readonly count?: number; readonly copyFolder?: string | null } = {}): PartThreads {
  const idle: PartThread[] = Array.from({ length: count }, () => new PartThread(log));
  const all = [...idle];
  const work = async <Done>(task: ThreadTask): Promise<Done> => {
    const thread = idle.pop();
    if (thread === undefined) throw new Error('All threads are at work.');
    try {
      return (await thread.work(task)) as Done;
    } finally {
      idle.push(thread);
    }
  };
  return {
    count,
    copyFolder,
    fold: (task) => work<PartDone>({ fold: task }),
    copy: (task) => work<LogCopyDone>({ copy: task }),
    close: async () => void (await Promise.all(all.map((thread) => thread.close()))),
  };
}

class PartThread {
  private readonly worker: Worker;
  private waiting: { resolve(done: unknown): void; reject(error: unknown): void } | null = null;
  private ended: unknown = null;

  constructor(log: OpenOptions) {
    this.worker = new Worker(join(__dirname, 'part-worker.js'), { workerData: { log } satisfies PartWorkerData, resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB, maxYoungGenerationSizeMb: YOUNG_MIB } });
    this.worker.on('message', (answer: PartAnswer) => this.settle(answer));
    this.worker.on('error', (error) => this.settle({ failed: (this.ended = error) }));
    this.worker.on('exit', (code) => this.settle({ failed: (this.ended ??= new Error(`A thread of the rebuild ended with ${code}.`)) }));
  }

  work(task: ThreadTask): Promise<unknown> {
    if (this.ended !== null) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private settle(answer: PartAnswer): void {
    const waiting = this.waiting;
    this.waiting = null;
    if (waiting === null) return;
    if ('done' in answer) waiting.resolve(answer.done);
    else waiting.reject(received(answer.failed));
  }
}

/** An error as it was before it came from another thread, where it loses its class. */
export function received(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return error;
  const { code, message } = error;
  const name = 'name' in error ? error.name : '';
  if (name === 'LogCopyError') return new LogCopyError(code as LogCopyErrorCode, String(message), { cause: error });
  if (name === 'EventStoreError') return new EventStoreError(code as EventStoreErrorCode, String(message), { cause: error });
  return Object.assign(new Error(String(message), { cause: error }), { code, name });
}
