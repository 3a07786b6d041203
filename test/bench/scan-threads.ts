import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EventStore, OpenOptions } from '@bestendig/event-store';
import type { BareScanData } from './scan-bare-worker';

export type ScanWorkerData = { readonly log: OpenOptions };
export type ScanTask = readonly string[];

const PART_STREAMS = 1_000;
const PAGE_STREAMS = 10_000;

/** The same events in the order they lie in, by the EventStoreDB's own client, which parses nothing: in a thread, since two clients in one get in each other's way. */
export class BareScan {
  private readonly worker: Worker;

  constructor(data: BareScanData) {
    this.worker = new Worker(join(__dirname, 'scan-bare-worker.js'), { workerData: data });
  }

  scan(): Promise<number> {
    return answerOf(this.worker, []);
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

/** What a rebuild is compared with: threads that read the same events with the same reader and do nothing with them. */
export class ScanThreads {
  private readonly workers: readonly Worker[];

  constructor(log: OpenOptions, count: number) {
    this.workers = Array.from({ length: count }, () => new Worker(join(__dirname, 'scan-worker.js'), { workerData: { log } satisfies ScanWorkerData })); // prettier-ignore
  }

  /** How many events were read. */
  async scan(tasks: readonly ScanTask[]): Promise<number> {
    const waiting = tasks.values();
    let events = 0;
    const work = async (worker: Worker): Promise<void> => {
      for (const task of waiting) {
        const read = await answerOf(worker, task);
        events += read;
      }
    };
    await Promise.all(this.workers.map(work));
    return events;
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

function answerOf(worker: Worker, task: ScanTask): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (events: number) => {
      worker.off('error', reject);
      resolve(events);
    });
    worker.postMessage(task);
  });
}

/** All placements in parts that lie anywhere in the log, as a rebuild's do. */
export async function scanTasks(store: EventStore): Promise<readonly ScanTask[]> {
  const streams: string[] = [];
  for (let after: string | null = null; ;) {
    const page: readonly string[] = await store.streamsOf('placement', after, PAGE_STREAMS);
    const last = page.at(-1);
    if (last === undefined) break;
    streams.push(...page);
    after = last;
  }
  const parts = Array.from({ length: Math.ceil(streams.length / PART_STREAMS) }, (): string[] => []);
  for (const stream of streams) parts[Number.parseInt(stream.slice(-8), 16) % parts.length]?.push(stream);
  return parts;
}
