/** An option of the generator out of its bounds. */
export class GenerateError extends Error {
  constructor(readonly code: 'placementsOutOfBounds' | 'seedOutOfBounds' | 'errorsOutOfBounds') {
    super(MESSAGES[code]);
    this.name = 'GenerateError';
  }
}

const MESSAGES = {
  placementsOutOfBounds: 'placements must be a whole number from 1 to 10000000',
  seedOutOfBounds: 'seed must be a whole number from 0 to 4294967295',
  errorsOutOfBounds: 'errors must be a share from 0 to 1',
} as const;
