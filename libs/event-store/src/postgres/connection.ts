import { Client } from 'pg';
import { EventStoreError } from '../port';

/** How long a connection may wait for the log's lock, and how long it may hold it without saying anything. */
export type LockLimits = { readonly lockTimeoutMs: number; readonly idleInTransactionMs: number };
export const DEFAULT_LOCK_LIMITS: LockLimits = { lockTimeoutMs: 10_000, idleInTransactionMs: 10_000 };

const CONNECT_TIMEOUT_MS = 10_000;
/** A server that answers nothing at all for so long is taken for frozen. */
const ANSWER_TIMEOUT_MS = 60_000;

/** A connection that sends statements without waiting for the answers to the ones before. */
export async function connectPipelined(databaseUrl: string, limits: LockLimits): Promise<Client> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'bestendig event store (append)',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
    pipeline: true,
  });
  client.on('error', ignoreLoss);
  try {
    await client.connect();
    // A process that freezes while it holds the lock loses its connection, and with it the lock.
    await client.query(`set lock_timeout = ${limits.lockTimeoutMs}; set idle_in_transaction_session_timeout = ${limits.idleInTransactionMs}`);
    // Statistics lag behind a fast import: always by index, planned once.
    await client.query('set enable_seqscan = off; set plan_cache_mode = force_generic_plan');
  } catch (error) {
    void client.end().catch(ignoreLoss);
    throw error;
  }
  return client;
}

/** The next statement on a lost connection fails: that is where the loss is handled. */
export function ignoreLoss(): void {}

// Connection lost or refused, server stopping or starting, resources short, lock not got, idle too long in a transaction.
const UNAVAILABLE_STATES = /^(08...|53...|57...|55P03|25P0[34]|40...)$/;
const LOST = /^(08...|57P0[1-5]|25P0[34])$/;
const NODE_LOST = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
// pg gives these without a code.
const TEXT_LOST = /Connection terminated|connection error and is not queryable|Client was closed|Query read timeout|timeout exceeded when trying to connect|timeout expired/;

/** True where the connection is gone, so that whether the last statement was carried out is not known. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = described(error);
  return LOST.test(code) || NODE_LOST.test(code) || TEXT_LOST.test(message);
}

/** What cannot be helped now but may later becomes `unavailable`; everything else stays what it is. */
export function codedError(error: unknown): unknown {
  if (error instanceof EventStoreError) return error;
  const { code, message } = described(error);
  if (isConnectionLost(error) || UNAVAILABLE_STATES.test(code)) return new EventStoreError('unavailable', `The event store is not available: ${message}.`, { cause: error });
  return error;
}

function described(error: unknown): { readonly code: string; readonly message: string } {
  // By shape, not by class: an error of node's own sockets may be of another realm than ours.
  if (typeof error !== 'object' || error === null) return { code: '', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Several addresses tried in vain come as one AggregateError without a message.
  const message = 'message' in error && typeof error.message === 'string' && error.message !== '' ? error.message : code;
  return { code, message };
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
