import { pause } from './checkpoints';

const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 30_000;

export type Retrying = {
  readonly signal: AbortSignal;
  /** Told of each failure, before it is waited for longer than the time before. */
  readonly onFailure?: (error: unknown) => void;
  /** What is tried again; by default everything. What is not is thrown. */
  readonly isTemporary?: (error: unknown) => boolean;
};

/** Does some work until it succeeds, or the signal aborts. */
export async function retrying(
  { signal, onFailure, isTemporary = () => true }: Retrying,
  work: () => Promise<void>,
): Promise<void> {
  for (let wait = RETRY_MS_MIN; !signal.aborted; wait = Math.min(wait * 2, RETRY_MS_MAX)) {
    const begun = performance.now();
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) return;
      if (!isTemporary(error)) throw error;
      onFailure?.(error);
      // Having worked for a while, it is not the same trouble as before.
      if (performance.now() - begun > RETRY_MS_MAX) wait = RETRY_MS_MIN;
      await pause(wait, signal);
    }
  }
}
