export { project, type ProjectOptions } from './project';
