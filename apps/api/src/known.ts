import { setTimeout as sleep } from 'node:timers/promises';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import type { EventStore, Instant } from '@bestendig/event-store';
import { ReadStoreError } from '@bestendig/read-store';
import { IsMoment, momentOf, rule } from './checked';

/** What every question about placements takes. */
export class KnownAtQuery {
  @ApiPropertyOptional({ format: 'date-time', example: '2025-06-02T08:30:00Z', description: 'Answer as known at this moment (UTC). By default the last moment of which everything is known. A bare date is refused.' })
  @IsOptional()
  @IsMoment()
  knownAt?: string;

  @ApiPropertyOptional({ example: 'p42', description: 'A position that a command or HR fact was answered with: the answer holds what was written then.' })
  @IsOptional()
  @IsString(rule('wrongType', 'must be a position'))
  minPosition?: string;
}

export const knownAtOf = (query: KnownAtQuery): Instant | undefined => (query.knownAt === undefined ? undefined : (momentOf(query.knownAt) ?? undefined));

const POLL_MS = 50;

/**
 * Waits until everything recorded at or before a moment can be read from the store.
 *
 * @throws ReadStoreError `notYetKnown`
 */
export async function waitUntilKnown(store: EventStore, knownAt: Instant | undefined, waitMs: number): Promise<void> {
  if (knownAt === undefined) return;
  const deadline = performance.now() + waitMs;
  while ((await store.settledThrough()) < knownAt) {
    const left = deadline - performance.now();
    if (left <= 0) throw new ReadStoreError('notYetKnown', 'At or before that moment something may still be recorded.');
    await sleep(Math.min(POLL_MS, left));
  }
}
