// Connection lost or refused, server stopping or starting, a frozen session ended.
const LOST_STATES = /^(08...|57P0[1-5]|25P0[34])$/;
// Besides: resources short, lock not got, query cancelled, deadlock, a transaction to be tried again.
const UNAVAILABLE_STATES = /^(53...|57...|55P03|40...)$/;
const LOST_IN_NODE = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
// pg, and who holds a lock by a session, give these without a code.
const LOST_TEXTS = /Connection terminated|^the connection that holds .* was lost|connection error and is not queryable|Client was closed|Query read timeout|timeout exceeded when trying to connect|timeout expired/;

/** True where the connection is gone, so that whether the last statement was carried out is not known. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  return LOST_STATES.test(code) || LOST_IN_NODE.test(code) || LOST_TEXTS.test(reasonOf(error));
}

/** True where the same statement may succeed later: the connection is gone, or the server cannot do it now. */
export function isUnavailable(error: unknown): boolean {
  return isConnectionLost(error) || UNAVAILABLE_STATES.test(codeOf(error));
}

/** What an error says, in words, or its code where it has no words: several addresses tried in vain come as one error without a message. */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  return 'message' in error && typeof error.message === 'string' && error.message !== '' ? error.message : codeOf(error);
}

/** By shape, not by class: an error of Node's own sockets may be of another realm than ours. */
function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
