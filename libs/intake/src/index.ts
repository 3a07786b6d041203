export { OUTCOMES, type Delivery, type DeliveryCount, type DeliveryRow, type Outcome } from './delivery';
export { LIST_ROWS_MAX, openIntake, type DeliveryFilter, type Intake } from './intake';
