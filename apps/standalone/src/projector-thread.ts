import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { OpenOptions } from '@bestendig/event-store';
import type { Approval } from '@bestendig/projection-engine';
import type { Difference } from '@bestendig/read-store';

export type ProjectorData = { readonly log: OpenOptions; readonly approval: Approval };
export type ProjectorProgress = { readonly appliedEvents: number; readonly atHead: boolean };
export type ProjectorMessage = ProjectorProgress | { readonly waitsForApproval: readonly Difference[] };

/** The projector in a thread of its own, so that folding and recording each have a processor. */
export type ProjectorThread = {
  readonly progress: () => ProjectorProgress;
  /** Aborts with the reason when the projector ends without being asked to. */
  readonly failed: AbortSignal;
  stop(): Promise<void>;
};

export function startProjectorThread(log: OpenOptions, approval: ProjectorData['approval'] = 'required', onWaiting: (differences: readonly Difference[]) => void = () => undefined): ProjectorThread {
  const worker = new Worker(join(__dirname, 'projector-worker.js'), { workerData: { log, approval } satisfies ProjectorData });
  const failed = new AbortController();
  let latest: ProjectorProgress = { appliedEvents: 0, atHead: false };
  let stopping = false;
  worker.on('message', (message: ProjectorMessage) => ('waitsForApproval' in message ? onWaiting(message.waitsForApproval) : (latest = message)));
  worker.on('error', (error) => failed.abort(error));
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      if (!stopping) failed.abort(new Error(`The projector ended with ${code}.`));
      resolve();
    });
  });
  return {
    progress: () => latest,
    failed: failed.signal,
    stop: async () => {
      stopping = true;
      worker.postMessage('stop');
      await ended;
    },
  };
}
