import { EventStoreError } from '@bestendig/event-store';
import { openPool } from '@bestendig/postgres';
import { endRebuild, ReadStoreError, tellRebuild, type RebuildTold } from '@bestendig/read-store';
import type { Pool } from 'pg';
import { isAway } from './away';
import { RebuildDiffers } from './beside-live';
import type { RebuildProgress, RebuildResult } from './rebuild-result';

const TELL_MS = 1_000;

/**
 * Notes how far a rebuild is and what came of it, on a connection of its own, for whoever asks. The rebuild does not
 * depend on it: what cannot be noted is not.
 */
export class RebuildDiary {
  private readonly pool: Pool;
  private number: number | null = null;
  private toldAt = 0;
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
    const now = Date.now();
    if (step === 'fold') this.begun ??= { at: now, events };
    if (now - this.toldAt < TELL_MS) return;
    this.toldAt = now;
    const seconds = this.begun === null ? 0 : (now - this.begun.at) / 1_000;
    const eventsPerSecond = this.begun === null || seconds < 1 ? null : (events - this.begun.events) / seconds;
    this.note((number) => tellRebuild(this.pool, number, { step, events, eventsInAll, eventsPerSecond }));
  }

  /** A rebuild that was given up is gone on with when it is run again, or when a projector runs again. */
  async end(result: RebuildResult): Promise<void> {
    this.note((number) => {
      if (result.outcome === 'givenUp') return endRebuild(this.pool, number, this.unfinished, null);
      const { compared, differences, schema, events } = result;
      const told: RebuildTold = { step: null, events, eventsInAll: events, eventsPerSecond: null };
      return tellRebuild(this.pool, number, told).then(() =>
        endRebuild(this.pool, number, result.outcome, { compared, differences, schema }),
      );
    });
    await this.close();
  }

  async fail(error: unknown): Promise<void> {
    this.note((number) => {
      if (error instanceof RebuildDiffers)
        return endRebuild(this.pool, number, 'differs', { compared: 'otherThanLive', differences: error.differences });
      const left = isAway(error) ? this.unfinished : 'stopped';
      const state = codeOf(error) === 'rebuildCancelled' ? 'cancelled' : left;
      return endRebuild(this.pool, number, state, { code: codeOf(error), message: messageOf(error) });
    });
    await this.close();
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
  error instanceof ReadStoreError || error instanceof EventStoreError
    ? error.message
    : `${error instanceof Error ? error.name : 'An error'}.`;
