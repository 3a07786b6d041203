export { runImport, type ImportOptions, type ImportResult } from './import/run-import';
export { DEMO_HISTORY, generateHistory, type GenerateOptions } from './generate/generate-history';
export { NO_PROGRESS, type Progress } from './progress';
export { startProjectorThread, type ProjectorThread } from './projector-thread';
export { waitForReadModels } from './read-side';
