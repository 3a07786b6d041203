export const PUBLISHER_ERRORS = [
  'badSettings',
  'topicsMadeAnew', // the topics were gone: made again, and everything is published once more
] as const; // prettier-ignore

export class PublisherError extends Error {
  constructor(
    readonly code: (typeof PUBLISHER_ERRORS)[number],
    message: string,
  ) {
    super(message);
    this.name = 'PublisherError';
  }
}
