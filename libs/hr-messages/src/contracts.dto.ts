import {
  CONTRACT_FORMS, INTERRUPTIONS, PROEFPLAATSING_AIMS, PROEFPLAATSING_AUTHORITIES,
  type ContractEnded, type ContractExtended, type ContractMadePermanent, type ContractSigned, type EmploymentInterrupted, type EmploymentResumed,
  type ProefplaatsingEnded, type ProefplaatsingExtended, type ProefplaatsingStarted, type StageEnded, type StageStarted, type WerkervaringsplekEnded, type WerkervaringsplekStarted,
} from '@bestendig/placement-domain'; // prettier-ignore
import type { FieldsFor } from './fact-fields';
import { Amount, DateField, Flag, OneOf, Text } from './fields';

/** Loonaangifte end codes have two digits; which exists when is dated policy of the domain, so another is recorded and noticed, not refused. */
export const END_CODE = /^[0-9]{2}$/;

export class StageStartedFields implements FieldsFor<StageStarted> {
  @DateField('first day') effectiveDate!: string;
  @DateField('planned last day', { optional: true }) plannedEnd?: string;
}

export class StageEndedFields implements FieldsFor<StageEnded> {
  @DateField('last day') effectiveDate!: string;
}

export class WerkervaringsplekStartedFields implements FieldsFor<WerkervaringsplekStarted> {
  @DateField('first day') effectiveDate!: string;
  @DateField('planned last day', { optional: true }) plannedEnd?: string;
}

export class WerkervaringsplekEndedFields implements FieldsFor<WerkervaringsplekEnded> {
  @DateField('last day') effectiveDate!: string;
}

export class ProefplaatsingStartedFields implements FieldsFor<ProefplaatsingStarted> {
  @DateField('first day') effectiveDate!: string;
  @OneOf(PROEFPLAATSING_AUTHORITIES, 'who decided on it') authority!: ProefplaatsingStarted['authority'];
  @DateField('planned last day') plannedEnd!: string;
  @OneOf(PROEFPLAATSING_AIMS, 'what it is for', { optional: true }) aim?: NonNullable<ProefplaatsingStarted['aim']>;
}

export class ProefplaatsingExtendedFields implements FieldsFor<ProefplaatsingExtended> {
  @DateField('first day of the extension') effectiveDate!: string;
  @DateField('new planned last day') plannedEnd!: string;
}

export class ProefplaatsingEndedFields implements FieldsFor<ProefplaatsingEnded> {
  @DateField('last day') effectiveDate!: string;
  @Flag('whether a contract followed') converted!: boolean;
}

export class ContractSignedFields implements FieldsFor<ContractSigned> {
  @DateField('first day of the contract') effectiveDate!: string;
  @OneOf(CONTRACT_FORMS, 'form of the contract') form!: ContractSigned['form'];
  @DateField('planned last day; without one the contract is permanent', { optional: true }) plannedEnd?: string;
  @Amount(0, 92, 'days of proeftijd agreed', { optional: true, whole: true }) proeftijdDays?: number;
}

export class ContractExtendedFields implements FieldsFor<ContractExtended> {
  @DateField('first day of the new contract in the keten') effectiveDate!: string;
  @DateField('planned last day; without one the contract is permanent', { optional: true }) plannedEnd?: string;
}

export class ContractMadePermanentFields implements FieldsFor<ContractMadePermanent> {
  @DateField('day from which it is permanent') effectiveDate!: string;
}

export class ContractEndedFields implements FieldsFor<ContractEnded> {
  @DateField('last day in work') effectiveDate!: string;
  @Text(END_CODE, 'loonaangifte end code', { optional: true }) endCode?: string;
}

export class EmploymentInterruptedFields implements FieldsFor<EmploymentInterrupted> {
  @DateField('first day away') effectiveDate!: string;
  @OneOf(INTERRUPTIONS, 'why; never a diagnosis') kind!: EmploymentInterrupted['kind'];
}

export class EmploymentResumedFields implements FieldsFor<EmploymentResumed> {
  @DateField('first day back') effectiveDate!: string;
}
