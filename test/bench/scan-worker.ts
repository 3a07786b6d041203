import { parentPort, workerData } from 'node:worker_threads';
import { openEventStore } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import type { ScanTask, ScanWorkerData } from './scan-threads';

/** As many as a rebuild reads at a time. */
const PIECE_STREAMS = 500;

// The whole of this thread: read streams and decode their events, keeping none, until it is ended from outside.
const { log } = workerData as ScanWorkerData;
const opened = openEventStore({ ...log, maxConnections: 3 });

parentPort?.on('message', (task: ScanTask) => void scan(task).then((events) => parentPort?.postMessage(events)));

async function scan(streams: ScanTask): Promise<number> {
  let events = 0;
  let next = read(streams.slice(0, PIECE_STREAMS));
  for (let at = 0; at < streams.length; at += PIECE_STREAMS) {
    const count = await next;
    // One piece ahead, as a rebuild does.
    next = read(streams.slice(at + PIECE_STREAMS, at + 2 * PIECE_STREAMS));
    events += count;
  }
  return events + (await next);
}

async function read(streams: readonly string[]): Promise<number> {
  const store = await opened;
  let events = 0;
  for (const told of (await store.readStreams(streams)).values()) events += told.map(toPlacementEvent).length;
  return events;
}
