import type { ServerResponse } from 'node:http';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { EventStoreError } from '@bestendig/event-store';
import { ApplicationError } from '@bestendig/placement-application';
import { PlacementRuleError } from '@bestendig/placement-domain';
import { isUnavailable } from '@bestendig/postgres';
import { ReadStoreError } from '@bestendig/read-store';
import type { FastifyReply } from 'fastify';
import { ProblemError, type FieldError, type ProblemCode } from './problem';
import { ANSWERED } from './problem-status';
import { HEADERS } from './response-headers';

type Problem = { readonly code: ProblemCode; readonly detail: string; readonly errors: readonly FieldError[] };

const RETRY_AFTER_SECONDS = '2';

/** Every error of the API leaves as problem+json (RFC 9457) with a stable code. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('problems');

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, text } = answerOf(problemOf(error));
    if (status === 500) this.logger.error(traceOf(error));
    if (status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(status).type(PROBLEM_TYPE).send(text);
  }
}

const PROBLEM_TYPE = 'application/problem+json';

function answerOf({ code, detail, errors }: Problem): { readonly status: number; readonly text: string } {
  const { status, title } = ANSWERED[code];
  return { status, text: JSON.stringify({ type: `urn:bestendig:problem:${kebab(code)}`, title, status, detail, code, ...(errors.length > 0 ? { errors } : {}) }) };
}

/** A path that is no path is refused by Fastify before any hook, with an answer that repeats it: this one stands in its place. */
export function answerBadPath(_error: unknown, _request: unknown, { raw }: { readonly raw: ServerResponse }): void {
  const errors = [{ pointer: '#path', code: 'pattern', detail: 'must be percent-encoded UTF-8' }];
  const { status, text } = answerOf({ code: 'invalid', detail: 'The path cannot be read.', errors });
  raw.writeHead(status, { ...HEADERS, 'content-type': PROBLEM_TYPE }).end(text);
}

/** Where it went wrong, by name and place: the message may repeat what a caller sent. */
const traceOf = (error: unknown): string =>
  error instanceof Error ? [error.name, ...(error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))].join('\n') : 'an error that is no Error';

const kebab = (code: string): string => code.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return { code: error.code, detail: error.message, errors: error.errors };
  if (error instanceof PlacementRuleError || error instanceof ApplicationError || error instanceof ReadStoreError || error instanceof EventStoreError)
    return ANSWERED[error.code].status === 500 ? DEFECT : { code: error.code, detail: error.message, errors: [] };
  if (isReplaced(error)) return REPLACED;
  return ofFramework(error) ?? (isUnavailable(error) ? UNREACHABLE : DEFECT);
}

/** A build that is no longer live goes when yet another is switched to: who was still asking it asks again. */
const isReplaced = (error: unknown): boolean => error instanceof Error && 'code' in error && ['42P01', '3F000'].includes(String(error.code)) && /\bread_model_\d+\b/.test(error.message);

const REPLACED: Problem = { code: 'notReady', detail: 'The read models were replaced while this was answered: ask again.', errors: [] };

const UNREACHABLE: Problem = { code: 'unavailable', detail: 'The database cannot be reached now.', errors: [] };

const DEFECT: Problem = { code: 'internal', detail: 'This should not have happened. It was written to the log.', errors: [] };

/** What Fastify and Nest refuse before any of our code runs, by status. Their texts may repeat a path or a value, so they go no further. */
const FRAMEWORK: Readonly<Record<number, Problem>> = {
  400: { code: 'invalid', detail: 'The body cannot be read.', errors: [{ pointer: '', code: 'notJson', detail: 'must be JSON' }] },
  404: { code: 'notFound', detail: 'There is nothing at this path.', errors: [] },
  413: { code: 'bodyTooLarge', detail: 'The body has more bytes than this path takes.', errors: [] },
  415: { code: 'unsupportedMediaType', detail: 'Send the content type that openapi.json names for this path.', errors: [] },
};

function ofFramework(error: unknown): Problem | null {
  const status = error instanceof HttpException ? error.getStatus() : statusCodeOf(error);
  return status === null ? null : (FRAMEWORK[status] ?? null);
}

function statusCodeOf(error: unknown): number | null {
  const status: unknown = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : null;
  return typeof status === 'number' ? status : null;
}
