export const PUBLISHER_ERRORS = ['badSettings'] as const;

export class PublisherError extends Error {
  constructor(
    readonly code: (typeof PUBLISHER_ERRORS)[number],
    message: string,
  ) {
    super(message);
    this.name = 'PublisherError';
  }
}
