import { EventStoreError } from '@bestendig/event-store';
import { openPool } from '@bestendig/postgres';
import { endRebuild, ReadStoreError, tellRebuild } from '@bestendig/read-store';
import type { Pool } from 'pg';
import { isAway } from './away';
import { LogCopyError } from './log-copy-files';
import type { RebuildProgress } from './rebuild-result';

const TELL_MS = 1_000;

/**
 * Notes how far a rebuild is, or why it stopped, on a connection of its own, for whoever asks. The rebuild does not depend
 * on it: what cannot be noted is not. How it ended is noted by the rebuild itself.
 */
export class RebuildDiary {
  private readonly pool: Pool;
  private number: number | null = null;
  private toldAt = -Infinity;
  private toldStep: string | null = null;
  private begun: { readonly at: number; readonly events: number } | null = null;
  private telling: Promise<void> = Promise.resolve();

  constructor(
    databaseUrl: string,
    /** What it leaves unfinished it goes on with by itself. */
    private readonly byProjector: boolean,
  ) {
    this.pool = openPool({ databaseUrl, name: 'rebuild (progress)', maxConnections: 1 });
  }

  open(number: number): void {
    this.number = number;
  }

  tell({ step, events, eventsInAll }: RebuildProgress): void {
    const now = performance.now();
    if (step === 'fold') this.begun ??= { at: now, events };
    if (now - this.toldAt < TELL_MS && step === this.toldStep) return;
    this.toldAt = now;
    this.toldStep = step;
    const seconds = this.begun === null ? 0 : (now - this.begun.at) / 1_000;
    const eventsPerSecond = this.begun === null || seconds < 1 ? null : (events - this.begun.events) / seconds;
    this.note((number) => tellRebuild(this.pool, number, { step, events, eventsInAll, eventsPerSecond }));
  }

  /** It is gone on with when it is run again, or when a projector runs again. */
  giveUp(): void {
    this.note((number) => endRebuild(this.pool, number, this.unfinished, null));
  }

  fail(error: unknown): void {
    const left = isAway(error) ? this.unfinished : 'stopped';
    const state = codeOf(error) === 'rebuildCancelled' ? 'cancelled' : left;
    this.note((number) => endRebuild(this.pool, number, state, { code: codeOf(error), message: messageOf(error) }));
  }

  async close(): Promise<void> {
    await this.telling;
    await this.pool.end();
  }

  private get unfinished(): 'running' | 'stopped' {
    return this.byProjector ? 'running' : 'stopped';
  }

  private note(work: (number: number) => Promise<void>): void {
    const { number } = this;
    if (number === null) return;
    this.telling = this.telling.then(() => work(number)).catch(() => undefined);
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'defect';

/** Of our own errors only: others may repeat what was in the data. */
const messageOf = (error: unknown): string =>
  error instanceof ReadStoreError || error instanceof EventStoreError || error instanceof LogCopyError
    ? error.message
    : `${error instanceof Error ? error.name : 'An error'}.`;
