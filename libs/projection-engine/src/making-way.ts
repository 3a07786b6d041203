import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';

/** Sessions in which questions are answered and facts recorded, by the names that those who open them give. */
const SERVING = `('bestendig read', 'bestendig event store (append)')`;
const WAIT_MS = 500;
const REST_MS_MAX = 1_000;

/**
 * Whether somebody asks or records in this database now, or did within the last second. Asked of the server, which sees
 * every process; false where this role may not look at other sessions.
 */
export async function othersAreServed(client: ClientBase): Promise<boolean> {
  // What the server says of its sessions stays the same within a transaction unless it is told to look again.
  const { rows } = await client.query<{ served: boolean }>(`
    select exists (
      select from pg_stat_activity
      where datname = current_database() and application_name in ${SERVING}
        and (state = 'active' or state_change > clock_timestamp() - interval '1 second')
    ) as served from pg_stat_clear_snapshot()`);
  return rows[0]?.served === true;
}

/** Rests for as long as the work took while others are served: so half of the time is theirs. */
export async function makeWay(client: ClientBase, workedMs: number): Promise<void> {
  if (await othersAreServed(client)) await sleep(Math.min(workedMs, REST_MS_MAX));
}

/** Waits while others are served and there is still something to wait for. */
export async function waitForQuiet(client: ClientBase, isWorthIt: () => boolean): Promise<void> {
  while (isWorthIt() && (await othersAreServed(client))) await sleep(WAIT_MS);
}
