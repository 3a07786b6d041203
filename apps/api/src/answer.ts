import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/**
 * What a handler answers. The body holds only what the question, its cut and its definition fix; how fresh it is, and
 * whatever else depends on when it was asked, is in headers.
 */
export class Answer {
  constructor(
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly status: 200 | 201 | 202 = 200,
  ) {}
}

/** Turns an Answer into status, headers and body. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(
      map((answer) => {
        if (!(answer instanceof Answer)) return answer;
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        void reply.status(answer.status).headers(answer.headers);
        return answer.body;
      }),
    );
  }
}

/** Headers of several; where two give the same one, both values. */
export function together(...parts: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  return headers;
}

/** A strong ETag: the revision of the placement's stream. */
export const etag = (revision: number): string => `"${revision}"`;
