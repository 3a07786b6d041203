import { createHash, timingSafeEqual } from 'node:crypto';
import { ProblemError } from './problem';

/** Who asks. `organisation` is null for whoever is on this machine while there are no tokens: they may speak for every source. */
export type Caller = { readonly actor: string; readonly organisation: string | null };

export const LOCAL: Caller = { actor: 'local', organisation: null };

/** A bearer token and whom it stands for. */
export type Token = { readonly token: string; readonly actor: string; /** `oin:<20 digits>`: the organisation it acts as. */ readonly organisation: string };

export class AccessError extends Error {
  constructor(
    readonly code: 'tokensInvalid' | 'loopbackOnly',
    message: string,
  ) {
    super(message);
    this.name = 'AccessError';
  }
}

const TOKEN = /^[A-Za-z0-9._~+/=-]{16,512}$/;
const ACTOR = /^[A-Za-z0-9._@-]{1,100}$/;
const ORGANISATION = /^oin:\d{20}$/;

/**
 * Reads API_TOKENS: JSON `[{"token","actor","organisation"}]`, or a comma list of `token:actor:organisation`.
 * An organisation is `oin:<20 digits>` or the 20 digits.
 *
 * @throws AccessError `tokensInvalid`, which never repeats a token.
 */
export function parseTokens(text: string): readonly Token[] {
  const tokens = (text.trim().startsWith('[') ? fromJson(text) : fromList(text)).map(({ token, actor, organisation }) => ({
    token,
    actor,
    organisation: /^\d{20}$/.test(organisation) ? `oin:${organisation}` : organisation,
  }));
  tokens.forEach(({ token, actor, organisation }, index) => {
    const wrong = !TOKEN.test(token) ? 'a token of 16 to 512 characters' : !ACTOR.test(actor) ? 'an actor' : !ORGANISATION.test(organisation) ? 'an organisation (oin:<20 digits>)' : null;
    if (wrong !== null) throw new AccessError('tokensInvalid', `API_TOKENS: entry ${index + 1} needs ${wrong}.`);
  });
  if (tokens.length === 0) throw new AccessError('tokensInvalid', 'API_TOKENS names no token.');
  return tokens;
}

function fromJson(text: string): readonly Token[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new AccessError('tokensInvalid', 'API_TOKENS begins as JSON but is none.');
  }
  return (Array.isArray(list) ? list : []).map((entry: unknown) => ({ token: textOf(entry, 'token'), actor: textOf(entry, 'actor'), organisation: textOf(entry, 'organisation') }));
}

function textOf(entry: unknown, name: string): string {
  const value: unknown = typeof entry === 'object' && entry !== null ? Object.entries(entry).find(([key]) => key === name)?.[1] : undefined;
  return typeof value === 'string' ? value : '';
}

function fromList(text: string): readonly Token[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [token = '', actor = '', ...organisation] = entry.split(':');
      return { token, actor, organisation: organisation.join(':') };
    });
}

/**
 * Without tokens the API may be reached from this machine only.
 *
 * @throws AccessError `loopbackOnly`
 */
export function requireSafeHost(host: string, tokens: readonly Token[]): void {
  if (tokens.length > 0 || host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)) return;
  throw new AccessError('loopbackOnly', 'Without API_TOKENS the API listens on this machine only (127.0.0.1). Set API_TOKENS to listen elsewhere.');
}

/**
 * Whom a request's Authorization header stands for.
 *
 * @throws ProblemError `unauthenticated`
 */
export function callerOf(authorization: string | undefined, tokens: readonly Token[]): Caller {
  if (tokens.length === 0) return LOCAL;
  const given = digest(/^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '');
  let caller: Caller | null = null;
  // All are compared, in the same time whatever was given.
  for (const { token, actor, organisation } of tokens) if (timingSafeEqual(digest(token), given)) caller = { actor, organisation };
  if (caller === null) throw new ProblemError('unauthenticated', 'Give a known token: Authorization: Bearer <token>.');
  return caller;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A caller acts as its own organisation only; a source belongs to the organisation with its OIN. */
export const maySpeakFor = (caller: Caller, organisation: string): boolean => caller.organisation === null || caller.organisation === organisation;
