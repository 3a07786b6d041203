import { JOBCOACH_KINDS, JOBCOACH_LEVELS, TRAINED, TRAININGS, type BuddyAssigned, type BuddyEnded, type JobcoachAssigned, type JobcoachEnded, type TrainingCompleted } from '@bestendig/placement-domain';
import type { FieldsFor } from './fact-fields';
import { DateField, OneOf, Organisation } from './fields';

export class JobcoachAssignedFields implements FieldsFor<JobcoachAssigned> {
  @DateField('first day') effectiveDate!: string;
  @OneOf(JOBCOACH_KINDS, "from outside, or of the employer's own") kind!: JobcoachAssigned['kind'];
  @OneOf(JOBCOACH_LEVELS, 'how intensive') level!: JobcoachAssigned['level'];
  @Organisation('organisation that provides the jobcoach', { optional: true }) provider?: string;
  @DateField('last day of the half-year grant', { optional: true }) grantUntil?: string;
}

export class JobcoachEndedFields implements FieldsFor<JobcoachEnded> {
  @DateField('last day') effectiveDate!: string;
  @OneOf(JOBCOACH_KINDS, 'which of the two ended') kind!: JobcoachEnded['kind'];
}

export class BuddyAssignedFields implements FieldsFor<BuddyAssigned> {
  @DateField('first day') effectiveDate!: string;
}

export class BuddyEndedFields implements FieldsFor<BuddyEnded> {
  @DateField('last day') effectiveDate!: string;
}

export class TrainingCompletedFields implements FieldsFor<TrainingCompleted> {
  @DateField('day it was completed') effectiveDate!: string;
  @OneOf(TRAININGS, 'which training') training!: TrainingCompleted['training'];
  @OneOf(TRAINED, 'who took it') by!: TrainingCompleted['by'];
}
