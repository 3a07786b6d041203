import { setTimeout as sleep } from 'node:timers/promises';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import type { EventStore, Instant } from '@bestendig/event-store';
import { resolveCut, type Cut, type CutRequest, type ListCursor } from '@bestendig/read-models';
import { ReadStoreError } from '@bestendig/read-store';
import type { Asked } from './asked';
import { IsMoment, momentOf, rule } from './checked';
import { ProblemError } from './problem';
import type { Resources } from './resources';

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

/**
 * The moment an answer from the read models is cut at. A list goes on at the moment of its first page.
 *
 * @throws ReadStoreError, ProblemError `invalid` for a cursor of another moment than was asked for
 */
export function cutFor({ readStore, store }: Resources, query: KnownAtQuery, { waitMs }: Asked, cursor?: ListCursor): Promise<Cut> {
  const knownAt = knownAtOf(query);
  if (cursor !== undefined && knownAt !== undefined && cursor.knownAt !== knownAt)
    throw new ProblemError('invalid', 'The cursor is of a list at another moment.', [{ pointer: '#query/cursor', code: 'notAllowed', detail: 'must be of the same knownAt' }]);
  const moment = cursor?.knownAt ?? knownAt;
  const request: CutRequest = {
    ...(moment === undefined ? {} : { knownAt: moment }),
    ...(query.minPosition === undefined ? {} : { minPosition: query.minPosition }),
    ...(waitMs === 0 ? {} : { waitMs }),
  };
  return resolveCut(readStore, store, request);
}

/** Where the placements are listed that answers lack something of. */
export const QUARANTINED_PATH = '/v1/quarantined-placements';

/** How fresh an answer is and what made it: in headers, because the body is the same whenever it is asked. */
export const freshness = ({ generation }: Cut): Readonly<Record<string, string>> => ({
  'projection-version': generation.fingerprint,
  'projection-built-at': generation.builtAt,
  'projection-quarantined': String(generation.quarantined),
  link: `<${QUARANTINED_PATH}>; rel="quarantined"`,
  ...(generation.appliedKnownTime === null ? {} : { 'projection-applied-through': generation.appliedKnownTime }),
  ...(generation.position === null ? {} : { 'projection-position': generation.position }),
});
