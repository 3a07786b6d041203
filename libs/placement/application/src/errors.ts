export const APPLICATION_ERRORS = [
  'contention', // others kept writing to the same placement: may be tried again
  'placementUnknown', // no event of this placement
  'revisionMismatch', // If-Match names another revision than the placement's
  'idReusedWithOtherContent', // this Idempotency-Key was used for another content
  'alreadyLinked', // the key stands for that placement already
] as const; // prettier-ignore
export type ApplicationErrorCode = (typeof APPLICATION_ERRORS)[number];

export class ApplicationError extends Error {
  constructor(
    readonly code: ApplicationErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'ApplicationError';
  }
}
