export { arrayText } from './array-text';
export { loadHistories } from './first-build';
export { UUID, uuidOrNull } from './opaque-ids';
export { fingerprintOf, versionOf, ofChains, ofPlacement, type ProjectionSet } from './projection';
export { firstUnapplied, rebuildStatusOf, statusOf, type ProjectionStatus, type RebuildStatus } from './status';
export { runProjector, type ProjectorOptions } from './projector';
export { connectForWriting as connectForParts } from './apply-page';
export { foldPart, type PartDone, type PartTask } from './rebuild-part';
export { LogCopyError, type LogCopyErrorCode } from './log-copy-files';
export { copyStep, type LogCopyDone, type LogCopyTask } from './log-copy-steps';
export {
  approveRebuild,
  cancelRebuild,
  estimateRebuild,
  requestRebuild,
  rollBack,
  type RebuildEstimate,
} from './operations';
export { rebuild } from './rebuild';
export type { RebuildOptions, RebuildProgress, RebuildResult } from './rebuild-result';
export { numberOrNull, textOrNull, type Cell, type Column } from './cells';
export type { VersionedTable } from './versioned-table';
export { quarantinedOf, redrive, type QuarantinedPage } from './quarantined';
export { foldPerson, foldPlacement } from './fold';
export { foldSound } from './quarantine';
export type { Compared } from './beside-live';
export type { Approval } from './requested-rebuilds';
