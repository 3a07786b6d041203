export { caughtUpTo, resolveCut, type Cut, type CutRequest } from './cut';
export { runProjector, type ProjectorOptions } from './projector';
export { READ_MODELS } from './read-model-set';
export { rebuildReadModels, type RebuildOptions, type RebuildProgress, type RebuildResult } from './rebuild';
