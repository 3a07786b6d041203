import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@bestendig/event-store';
import { connect } from '@bestendig/postgres';
import {
  liveGeneration,
  openRebuild,
  ReadStoreError,
  type Difference,
  type RebuildRecord,
} from '@bestendig/read-store';
import type { Client } from 'pg';
import { isAway } from './away';
import { fingerprintOf, versionOf, type ProjectionSet } from './projection';
import { rebuild } from './rebuild';
import type { PartFolders, RebuildOptions, RebuildResult } from './rebuild-result';

/** A rebuild that was asked for is begun within this time. */
const POLL_MS = 1_000;
/** After PostgreSQL could not be reached, or its disk was full. */
const RETRY_MS = 5_000;

/** Whether somebody is to approve where a new version's rows differ from those of the version before. */
export type Approval = 'required' | 'automatic';

/** What rebuilds beside a projector need. */
export type Beside = {
  readonly set: ProjectionSet;
  readonly store: EventStore;
  readonly databaseUrl: string;
  /** Ends it, between two pages or parts. */
  readonly signal: AbortSignal;
  /** Folds the parts of a rebuild elsewhere; unless given they are folded here. */
  readonly startFolders?: () => PartFolders & { close(): Promise<void> };
  /** `required` unless given. */
  readonly approval?: Approval;
  /** A new version waits for approval, with what differs. */
  readonly onWaiting?: (differences: readonly Difference[]) => void;
  /** A database or store that cannot be reached, or is held by a rebuild: it is tried again, for ever. */
  readonly onRetry?: (error: unknown) => void;
};

/**
 * Carries out rebuilds of this version that were asked for, beside whatever the projector does, until the signal aborts: one
 * by one, and those that a projector before was killed in. What came of one is in its record; none of it ends the projector.
 */
export async function carryOutRebuilds(where: Beside): Promise<void> {
  const { signal, onRetry } = where;
  while (!signal.aborted) {
    try {
      const client = await connect({ databaseUrl: where.databaseUrl, name: 'rebuild (requests)' });
      try {
        while (!signal.aborted) {
          const asked = await openRebuild(client, versionOf(where.set));
          if (asked !== null && isForProjector(asked)) await carryOut(asked, where);
          await pause(POLL_MS, signal);
        }
      } finally {
        await client.end().catch(() => undefined);
      }
    } catch (error) {
      if (signal.aborted) return;
      onRetry?.(error);
      await pause(RETRY_MS, signal);
    }
  }
}

const isForProjector = ({ state, byProjector }: RebuildRecord): boolean =>
  state === 'requested' || (state === 'running' && byProjector);

/** What a store that is away leaves unfinished is taken up again with the next look; where another process rebuilds, that one is waited for. */
async function carryOut({ number, onlyVerify, approved }: RebuildRecord, where: Beside): Promise<void> {
  try {
    await rebuildBeside(where, { onlyVerify, approve: approved, record: number });
  } catch (error) {
    const isBusy = error instanceof ReadStoreError && error.code === 'rebuildRunning';
    if (!isBusy) where.onRetry?.(error);
    if (isBusy || isAway(error)) await pause(RETRY_MS, where.signal);
  }
}

type How = Pick<RebuildOptions, 'onlyVerify' | 'approve' | 'record' | 'onlyIfNotLive' | 'onBegun'>;

/** With threads of its own, where they are to be had. */
async function rebuildBeside(
  { set, store, databaseUrl, signal, startFolders }: Beside,
  how: How,
): Promise<RebuildResult> {
  const folders = startFolders?.();
  try {
    return await rebuild({ set, store, databaseUrl, signal, byProjector: true, ...how, ...(folders && { folders }) });
  } finally {
    await folders?.close();
  }
}

/** The record of a new version's own rebuild, once it has begun: it goes on with that one and no other. */
export type OwnRebuild = { record: number | null };

/**
 * Makes the read models of this program's version, beside the live ones of another, and waits for somebody to approve
 * where their rows differ, unless that is done by itself.
 *
 * @throws ReadStoreError `rebuildCancelled` where it was cancelled instead
 */
export async function makeOwnVersion(client: Client, where: Beside, own: OwnRebuild): Promise<void> {
  const { set, signal, approval = 'required', onWaiting } = where;
  while (!signal.aborted) {
    const record = own.record === null ? {} : { record: own.record };
    const result = await rebuildBeside(where, {
      ...record,
      approve: approval === 'automatic',
      onlyIfNotLive: true,
      onBegun: (begun) => (own.record = begun),
    });
    if (result.outcome !== 'awaitsApproval') return;
    onWaiting?.(result.differences);
    for (let waits = true; waits && !signal.aborted;) {
      await pause(POLL_MS, signal);
      const asked = await openRebuild(client, versionOf(set));
      if (asked === null && (await isLive(client, where))) return;
      if (asked?.number !== own.record)
        throw new ReadStoreError('rebuildCancelled', 'The read models of this version were not approved: live is as it was.'); // prettier-ignore
      waits = asked?.state === 'awaitsApproval' || (asked?.state === 'running' && !asked.byProjector);
    }
  }
}

async function isLive(client: Client, { set }: Beside): Promise<boolean> {
  return (await liveGeneration(client, set.name))?.fingerprint === fingerprintOf(set);
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
