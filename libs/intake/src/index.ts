export { OUTCOMES, type Delivery, type DeliveryCount, type DeliveryRow, type Outcome } from './delivery';
export { LIST_ROWS_MAX, openIntake, type DeliveryFilter, type Intake } from './intake';
export {
  DEAD_LETTER_STATES,
  REDRIVE_CYCLES_MAX,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterRow,
  type DeadLetters,
  type DeadLetterState,
  type RedriveRequest,
} from './dead-letters';
export {
  SUMMARY_DAYS,
  SUMMARY_DAYS_MAX,
  type IntakeSummary,
  type Offender,
  type OutcomeCounts,
  type SummaryFilter,
  type Tally,
} from './summary';
