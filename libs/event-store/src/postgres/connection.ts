import { connect, isUnavailable, reasonOf } from '@bestendig/postgres';
import type { Client } from 'pg';
import { EventStoreError } from '../port';

/** How long a connection may wait for the log's lock, and how long it may hold it without saying anything. */
export type LockLimits = { readonly lockTimeoutMs: number; readonly idleInTransactionMs: number };
export const DEFAULT_LOCK_LIMITS: LockLimits = { lockTimeoutMs: 10_000, idleInTransactionMs: 10_000 };

/** A server that answers nothing at all for so long is taken for frozen. */
const ANSWER_TIMEOUT_MS = 60_000;

/** A connection that sends statements without waiting for the answers to the ones before. */
export async function connectPipelined(databaseUrl: string, limits: LockLimits): Promise<Client> {
  const client = await connect({ databaseUrl, name: 'event store (append)', answerTimeoutMs: ANSWER_TIMEOUT_MS, pipeline: true });
  try {
    // A process that freezes while it holds the lock loses its connection, and with it the lock.
    await client.query(`set lock_timeout = ${limits.lockTimeoutMs}; set idle_in_transaction_session_timeout = ${limits.idleInTransactionMs}`);
    // Statistics lag behind a fast import: always by index, planned once.
    await client.query('set enable_seqscan = off; set plan_cache_mode = force_generic_plan');
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
  return client;
}

/** What cannot be helped now but may later becomes `unavailable`; everything else stays what it is. */
export function codedError(error: unknown): unknown {
  if (error instanceof EventStoreError) return error;
  if (isUnavailable(error)) return new EventStoreError('unavailable', `The event store is not available: ${reasonOf(error)}.`, { cause: error });
  return error;
}

/** Waits for all answers, so that none is left unheard, then throws the first refusal. */
export async function allAnswers<T extends readonly unknown[]>(answers: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T>;
export async function allAnswers(answers: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const settled = await Promise.allSettled(answers);
  return settled.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
}
