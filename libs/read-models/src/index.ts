export {
  cohortRetention,
  type CohortRetention,
  type GroupedRetention,
  type RetentionAsked,
} from './cohort-retention/cohort-retention';
export { GROUPS, type GroupBy } from './cohort-retention/cohort-counts';
export { caughtUpTo, cutOf, resolveCut, type Cut, type CutRequest } from './cut';
export { duurzaamheid, type Duurzaamheid, type DuurzaamheidAsked } from './duurzaamheid/duurzaamheid';
export { cursorText, type ListCursor, type ListPage } from './list-cursor';
export {
  listParkedFacts,
  parkedFactCursor,
  type ParkedFactFilter,
  type ParkedFactItem,
} from './parked-facts/parked-fact-list';
export {
  listPlacements,
  placementCursor,
  placementIdsOfCandidate,
  placementsById,
  type PlacementFilter,
  type PlacementItem,
} from './placements/placement-list';
export { READ_MODELS } from './read-model-set';
