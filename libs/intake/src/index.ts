export { OUTCOMES, type Delivery, type DeliveryCount, type DeliveryRow, type Outcome } from './delivery';
export { LIST_ROWS_MAX, openIntake, type DeliveryFilter, type Intake } from './intake';
export { REDRIVE_CYCLES_MAX, type DeadLetter, type DeadLetterFilter, type DeadLetterRow, type DeadLetters, type RedriveRequest } from './dead-letters';
