import { runProjector, type ProjectorOptions } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';

/** By shape: an error of Node's own is of another realm than the test. */
export const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : error);

/** Projectors in the background. */
export class Projectors {
  private readonly running: { readonly stop: AbortController; readonly ended: Promise<void> }[] = [];

  /** Gives the codes of what it tried again after. */
  start(options: Partial<ProjectorOptions> & Pick<ProjectorOptions, 'store' | 'databaseUrl'>): readonly unknown[] {
    const stop = new AbortController();
    const retries: unknown[] = [];
    const onRetry = (error: unknown): void => void retries.push(codeOf(error));
    const ended = runProjector({ set: READ_MODELS, signal: stop.signal, onRetry, ...options });
    this.running.push({ stop, ended });
    return retries;
  }

  async stop(): Promise<void> {
    for (const { stop, ended } of this.running.splice(0)) {
      stop.abort();
      await ended;
    }
  }
}
