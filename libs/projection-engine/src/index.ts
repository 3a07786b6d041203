export { arrayText } from './array-text';
export { loadHistories } from './first-build';
export { UUID, uuidOrNull } from './opaque-ids';
export { fingerprintOf, ofChains, ofPlacement, type ProjectionSet } from './projection';
export { firstUnapplied, statusOf, type ProjectionStatus } from './status';
export { runProjector, type ProjectorOptions } from './projector';
export { rebuild, type RebuildOptions, type RebuildProgress, type RebuildResult } from './rebuild';
export { numberOrNull, textOrNull, type Cell, type Column, type VersionedTable } from './versioned-table';
