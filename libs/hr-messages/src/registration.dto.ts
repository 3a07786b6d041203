import {
  ARRANGEMENTS, BUDGETS, POST_ORIGINS, REGISTRATION_KINDS, SECTORS, TARGET_GROUP,
  type ArrangementChanged, type HiredByInlener, type HoursChanged, type PlacementRegistered, type WorkChanged,
} from '@bestendig/placement-domain'; // prettier-ignore
import { Inleners, type FieldsFor, type Inlener } from './fact-fields';
import { Amount, Code, DateField, Flag, Key, OneOf, Organisation, Text } from './fields';

export class PlacementRegisteredFields implements FieldsFor<PlacementRegistered> {
  @DateField('day of the registration') effectiveDate!: string;
  @Organisation('formal employer') employer!: string;
  @OneOf(SECTORS, 'sector of the formal employer') sector!: PlacementRegistered['sector'];
  @Text(/^AM(?:0[1-9]|[12][0-9]|3[0-8])$/, 'labour-market region') region!: string;
  @Amount(0, 60, 'contract hours a week') hoursPerWeek!: number;
  @OneOf(ARRANGEMENTS, 'how the work is arranged') arrangement!: PlacementRegistered['arrangement'];
  @Inleners() inleners?: Inlener[];
  @OneOf(POST_ORIGINS, 'how the post came to be') postOrigin!: PlacementRegistered['postOrigin'];
  @Flag('whether the post is above formation') aboveFormation!: boolean;
  @OneOf(BUDGETS, 'which budget pays') budget!: PlacementRegistered['budget'];
  @OneOf(REGISTRATION_KINDS, 'a new job, or the registration of someone already in the job') registrationKind!: PlacementRegistered['registrationKind'];
  @OneOf(TARGET_GROUP, 'whether the person is in the doelgroepregister') inTargetGroup!: PlacementRegistered['inTargetGroup'];
}

export class ArrangementChangedFields implements FieldsFor<ArrangementChanged> {
  @DateField('first day of the new arrangement') effectiveDate!: string;
  @OneOf(ARRANGEMENTS, 'how the work is arranged from then on') arrangement!: ArrangementChanged['arrangement'];
  @Inleners() inleners?: Inlener[];
}

export class HiredByInlenerFields implements FieldsFor<HiredByInlener> {
  @DateField('first day of the new employment') effectiveDate!: string;
  @Organisation('inlener that becomes the formal employer') employer!: string;
  @Key("the source's key of the new employment", { optional: true }) successorEmployment?: string;
}

export class HoursChangedFields implements FieldsFor<HoursChanged> {
  @DateField('first day of the new hours') effectiveDate!: string;
  @Amount(0, 60, 'contract hours a week') hoursPerWeek!: number;
}

export class WorkChangedFields implements FieldsFor<WorkChanged> {
  @DateField('first day of the new work') effectiveDate!: string;
  @Code('department; of the three codes at least one', { unless: ['taskCode', 'locationCode'] }) departmentCode?: string;
  @Code('task', { optional: true }) taskCode?: string;
  @Code('location', { optional: true }) locationCode?: string;
}
