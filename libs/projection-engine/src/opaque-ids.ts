export const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const PLACEMENT_STREAM = 'placement-';

/** Ids are UUIDs wherever they are checked on entry; a value that is none (data of a broken writer) is kept out of uuid columns. */
export const uuidOrNull = (id: unknown): string | null => (typeof id === 'string' && UUID.test(id) ? id : null);

/** The placement that a stream is of; null for every other stream. */
export const placementOfStream = (stream: string): string | null =>
  stream.startsWith(PLACEMENT_STREAM) ? uuidOrNull(stream.slice(PLACEMENT_STREAM.length)) : null;

export const streamOfPlacement = (placementId: string): string => `${PLACEMENT_STREAM}${placementId}`;
