export { advance, moveCheckpoint, placeCheckpoint, progressed, takeOver, type Progress } from './checkpoint';
export { READ_STORE_ERRORS, ReadStoreError, type ReadStoreErrorCode } from './errors';
export {
  createGeneration,
  dropGeneration,
  generation,
  generationsOf,
  instantText,
  liveGeneration,
  lockGeneration,
  lockSet,
  makeLive,
  type Generation,
} from './generations';
export { openReadStore, type ReadStore } from './read-store';
