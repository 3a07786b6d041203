export {
  DEAD_LETTER_REASONS,
  FIRST_HR_OUTCOMES,
  HR_OUTCOME_EXAMPLE,
  HR_OUTCOME_REASONS,
  HR_OUTCOME_SCHEMA,
  HR_OUTCOME_TYPE,
  HR_OUTCOMES_TOPIC,
  LATER_VERDICTS,
  type DeadLetterReason,
  type FirstHrOutcome,
  type HrOutcome,
  type LaterVerdict,
} from './hr-outcome';
export type { JsonSchema } from './json-schema';
export {
  NOBODYS_SOURCE,
  PLACEMENT_CHANGED_SCHEMA,
  PLACEMENT_CHANGED_TYPE,
  PLACEMENT_STATE_TOPIC,
  PLACEMENT_STATE_TYPE,
  placementChanged,
  placementForgotten,
  PLACEMENTS_TOPIC,
  placementState,
  type Cause,
  type IntegrationEvent,
  type PlacementChanged,
} from './placement-messages';
export {
  changedParts,
  emptyView,
  PLACEMENT_PARTS,
  PLACEMENT_VIEW_SCHEMA,
  placementView,
  type PlacementPart,
  type PlacementView,
} from './placement-view';
