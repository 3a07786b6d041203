export * from './facts';
export * from './timeline-types';
export * from './chains-types';
export * from './days';
export * from './policies';
export { compareRank } from './rank';
export { timeline } from './timeline';
export { chains, chainsAtEveryEnd, type PlacementTimeline } from './chains';
