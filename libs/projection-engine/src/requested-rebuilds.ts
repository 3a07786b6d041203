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
import { fingerprintOf, type ProjectionSet } from './projection';
import { rebuild } from './rebuild';
import type { PartFolders, RebuildResult } from './rebuild-result';

/** A rebuild that was asked for is begun within this time. */
const POLL_MS = 1_000;
/** After PostgreSQL could not be reached, or its disk was full. */
const RETRY_MS = 5_000;

/** What rebuilds beside a projector need. */
export type Beside = {
  readonly set: ProjectionSet;
  readonly store: EventStore;
  readonly databaseUrl: string;
  /** Ends it, between two pages or parts. */
  readonly signal: AbortSignal;
  /** Folds the parts of a rebuild elsewhere; unless given they are folded here. */
  readonly startFolders?: () => PartFolders & { close(): Promise<void> };
  /** Whether somebody is to approve where a new version's rows differ from those of the version before. By default: yes. */
  readonly approval?: 'required' | 'automatic';
  /** A new version waits for approval, with what differs. */
  readonly onWaiting?: (differences: readonly Difference[]) => void;
  /** A database or store that cannot be reached, or is held by a rebuild: it is tried again, for ever. */
  readonly onRetry?: (error: unknown) => void;
};

/**
 * Carries out rebuilds that were asked for, beside whatever the projector does, until the signal aborts: one by one, and
 * those that a projector before was killed in. What came of one is in its record; none of it ends the projector.
 */
export async function carryOutRebuilds(where: Beside): Promise<void> {
  const { signal, onRetry } = where;
  while (!signal.aborted) {
    try {
      const client = await connect({ databaseUrl: where.databaseUrl, name: 'rebuild (requests)' });
      try {
        while (!signal.aborted) {
          const asked = await openRebuild(client, where.set.name);
          if (asked !== null && isForProjector(asked, fingerprintOf(where.set))) await carryOut(asked, where);
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

/** One that another version of the program began is for that version. */
const isForProjector = ({ state, byProjector, fingerprint }: RebuildRecord, own: string): boolean =>
  (state === 'requested' || (state === 'running' && byProjector)) && (fingerprint === null || fingerprint === own);

/** What a store that is away leaves unfinished is taken up again with the next look. */
async function carryOut({ onlyVerify, approved }: RebuildRecord, where: Beside): Promise<void> {
  try {
    await rebuildBeside(where, { onlyVerify, approve: approved });
  } catch (error) {
    // Its record says what came of it; where another process rebuilds, that one is waited for.
    where.onRetry?.(error);
    if (isAway(error)) await pause(RETRY_MS, where.signal);
  }
}

/** With threads of its own, where they are to be had. */
export async function rebuildBeside(
  { set, store, databaseUrl, signal, startFolders }: Beside,
  how: { readonly onlyVerify: boolean; readonly approve: boolean },
): Promise<RebuildResult> {
  const folders = startFolders?.();
  try {
    return await rebuild({ set, store, databaseUrl, signal, byProjector: true, ...how, ...(folders && { folders }) });
  } finally {
    await folders?.close();
  }
}

/**
 * Makes the read models of this program's version, beside the live ones of another, and waits for somebody to approve
 * where their rows differ, unless that is done by itself.
 *
 * @throws ReadStoreError `rebuildCancelled` where it was cancelled instead
 */
export async function makeOwnVersion(client: Client, where: Beside): Promise<void> {
  const { set, signal, approval = 'required', onWaiting } = where;
  let approve = approval === 'automatic';
  for (;;) {
    const result = await rebuildBeside(where, { onlyVerify: false, approve });
    if (result.outcome !== 'awaitsApproval') return;
    onWaiting?.(result.differences);
    for (let waits = true; waits;) {
      await pause(POLL_MS, signal);
      if (signal.aborted) return;
      const asked = await openRebuild(client, set.name);
      if (asked === null) {
        if (await isLive(client, where)) return;
        throw new ReadStoreError('rebuildCancelled', 'The read models of this version were not approved: live is as it was.'); // prettier-ignore
      }
      approve = asked.approved;
      waits = asked.state === 'awaitsApproval' || asked.state === 'running';
    }
  }
}

async function isLive(client: Client, { set }: Beside): Promise<boolean> {
  return (await liveGeneration(client, set.name))?.fingerprint === fingerprintOf(set);
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
