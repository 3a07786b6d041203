import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './callers';
import type { FieldError } from './problem';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

/** What every question and command says beside its path, query and body. */
export type Asked = {
  readonly caller: Caller;
  /** UUID of this request. */
  readonly requestId: string;
  /** `Prefer: wait=N`: how long the caller would rather wait than be told that it is too early. */
  readonly waitMs: number;
};

/** What a command says in headers. */
export type Conditions = {
  readonly idempotencyKey: string;
  /** The revision that If-Match names; 'any' for `*`; null where there is none. */
  readonly ifMatch: number | 'any' | null;
};

const WAIT_SECONDS_MAX = 60;

export const Asking = createParamDecorator((_: unknown, context: ExecutionContext): Asked => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { caller: request.caller, requestId: request.id, waitMs: preferredWait(request.headers['prefer']) };
});

export const Conditional = createParamDecorator((_: unknown, context: ExecutionContext): Conditions => {
  return conditionsOf(context.switchToHttp().getRequest<FastifyRequest>()).conditions;
});

/** RFC 7240: the preference may be one of several, and one that cannot be read is ignored. */
export function preferredWait(prefer: string | readonly string[] | undefined): number {
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,4})"?(?:$|[,;\s])/.exec(String(prefer ?? ''))?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds), WAIT_SECONDS_MAX) * 1000;
}

/** Same form as a message's id: it is kept as one. */
const IDEMPOTENCY_KEY = /^(?!reaction:)[A-Za-z0-9][A-Za-z0-9._:/+=#-]{0,199}$/;

const IF_MATCH = '#header/if-match';

/** What a command's headers say, and all that is wrong with them. */
export function conditionsOf({ headers }: Pick<FastifyRequest, 'headers'>): { readonly conditions: Conditions; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = [];
  const given = headers['idempotency-key'];
  const idempotencyKey = typeof given === 'string' ? given.replace(/^"(.*)"$/, '$1') : '';
  if (given === undefined) errors.push({ pointer: '#header/idempotency-key', code: 'required', detail: 'is required: the same command sent twice is recorded once' });
  else if (!IDEMPOTENCY_KEY.test(idempotencyKey)) errors.push({ pointer: '#header/idempotency-key', code: 'pattern', detail: 'must be 1 to 200 letters, digits and . _ : / + = # -' });
  const match = headers['if-match'];
  const revision = /^"(0|[1-9]\d{0,8})"$/.exec(match ?? '')?.[1];
  if (match !== undefined && match !== '*' && revision === undefined)
    errors.push({ pointer: IF_MATCH, code: 'pattern', detail: 'must be the ETag of the placement, "<revision>", or *' });
  return { conditions: { idempotencyKey, ifMatch: match === undefined ? null : revision === undefined ? 'any' : Number(revision) }, errors };
}

/** That a change to a placement says which revision it is based on. */
export const requireIfMatch = ({ headers }: Pick<FastifyRequest, 'headers'>): readonly FieldError[] =>
  headers['if-match'] === undefined ? [{ pointer: IF_MATCH, code: 'required', detail: 'is required: the ETag of the placement, "<revision>", or *' }] : [];

/** True where nothing else is wrong: HTTP has a status of its own for that (RFC 6585). */
export const onlyLacksIfMatch = (errors: readonly FieldError[]): boolean => errors.every(({ pointer, code }) => pointer === IF_MATCH && code === 'required');
