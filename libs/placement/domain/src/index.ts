export * from './facts';
export * from './timeline-types';
export * from './chains-types';
