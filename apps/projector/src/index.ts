export { rebuildCopyFolder } from './rebuild-source';
export { partThreadCount, startPartThreads, type PartThreads } from './part-threads';
export { project, type ProjectOptions } from './project';
