import type { EventStoreErrorCode } from '@bestendig/event-store';
import type { ApplicationErrorCode } from '@bestendig/placement-application';
import type { PlacementRuleCode } from '@bestendig/placement-domain';
import type { ReadStoreErrorCode } from '@bestendig/read-store';

/** What the API itself refuses, before a rule or a store is asked. */
export const API_PROBLEMS = [
  'invalid', // the request does not follow the contract; `errors` says where
  'mayHoldBsn', // it may hold a BSN; nothing of it was kept
  'unauthenticated', // no token, or an unknown one
  'otherOrganisation', // this caller does not speak for that organisation
  'notFound', // no such path
  'deadLetterUnknown', // no dead letter is of that delivery
  'methodNotAllowed', // the path is there, but not for this method; Allow says for which
  'preconditionRequired', // a change to a placement needs If-Match
  'unsupportedMediaType', // the body is of another type than this path takes
  'bodyTooLarge', // more bytes than this path takes
  'internal', // a defect of ours
] as const; // prettier-ignore
export type ApiProblem = (typeof API_PROBLEMS)[number];

/** Every code an answer of this API can have. Codes are stable: callers may switch on them. */
export type ProblemCode = ApiProblem | ApplicationErrorCode | PlacementRuleCode | EventStoreErrorCode | ReadStoreErrorCode;

export type FieldError = {
  /** RFC 6901 pointer into the body; `#path/name`, `#query/name` or `#header/name` for what stands elsewhere. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
};

/** A problem with the code it is answered under. Details never repeat a value of the request. */
export class ProblemError extends Error {
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(message);
    this.name = 'ProblemError';
  }
}
