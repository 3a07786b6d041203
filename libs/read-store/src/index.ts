export { advance, fenced, moveCheckpoint, placeCheckpoint, progressed, takeOver, type Progress } from './checkpoint';
export { READ_STORE_ERRORS, ReadStoreError, type ReadStoreErrorCode } from './errors';
export {
  createGeneration,
  dropLeftOvers,
  forgetBuilds,
  generation,
  generationsOf,
  instantText,
  liveGeneration,
  lockGeneration,
  lockSet,
  makeLive,
  removeGeneration,
  type Generation,
} from './generations';
export {
  hasQuarantined,
  listQuarantined,
  quarantinedAmong,
  quarantinedDue,
  quarantinedSince,
  retryNow,
  writeQuarantineChange,
  writeQuarantined,
  type QuarantineChange,
  type Quarantined,
  type QuarantinedPlacement,
} from './quarantine';
export { migrateReadStore } from './migrations';
export {
  approveRebuild,
  beginRebuild,
  endRebuild,
  openRebuild,
  openRebuilds,
  rebuildLock,
  rebuildsOf,
  requestRebuild,
  tellRebuild,
  type Difference,
  type RebuildOutcome,
  type RebuildRecord,
  type RebuildState,
  type RebuildTold,
  type Version,
} from './rebuilds';
export { openReadStore, type ReadStore } from './read-store';
