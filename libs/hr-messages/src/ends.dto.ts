import {
  DOORSTROOM_TO, LESSONS, OTHER_ENDS, RETRACTION_REASONS, UITVAL_CAUSES,
  type DoorstroomRecorded, type EmploymentContinued, type FactRetracted, type PlacementEndedOtherwise, type UitvalRecorded,
} from '@bestendig/placement-domain'; // prettier-ignore
import { END_CODE } from './contracts.dto';
import type { FieldsFor } from './fact-fields';
import { DateField, Key, MessageId, ObjectField, OneOf, Text } from './fields';

const CONTINUATION_CODES = ['90', '91', '92'] as const satisfies readonly EmploymentContinued['endCode'][];
const LAST_DAY = 'last day in work, where it is said here and not in a contract-ended';

export class UitvalRecordedFields implements FieldsFor<UitvalRecorded> {
  @DateField('day to which the fact belongs') effectiveDate!: string;
  @OneOf(UITVAL_CAUSES, 'substantive cause; never a diagnosis') cause!: UitvalRecorded['cause'];
  @Text(END_CODE, 'loonaangifte end code', { optional: true }) endCode?: string;
  @OneOf(LESSONS, 'what was learnt', { optional: true }) lesson?: NonNullable<UitvalRecorded['lesson']>;
  @DateField(LAST_DAY, { optional: true }) lastDay?: string;
}

export class DoorstroomRecordedFields implements FieldsFor<DoorstroomRecorded> {
  @DateField('day to which the fact belongs') effectiveDate!: string;
  @OneOf(DOORSTROOM_TO, 'whereto') to!: DoorstroomRecorded['to'];
  @DateField(LAST_DAY, { optional: true }) lastDay?: string;
}

export class EmploymentContinuedFields implements FieldsFor<EmploymentContinued> {
  @DateField('day to which the fact belongs') effectiveDate!: string;
  @OneOf(CONTINUATION_CODES, 'loonaangifte end code: administrative only, at a new employer, or renewed at the same') endCode!: EmploymentContinued['endCode'];
  @DateField(LAST_DAY, { optional: true }) lastDay?: string;
  @Key("the source's key of the employment that follows", { optional: true }) successorEmployment?: string;
}

export class PlacementEndedOtherwiseFields implements FieldsFor<PlacementEndedOtherwise> {
  @DateField('day to which the fact belongs') effectiveDate!: string;
  @OneOf(OTHER_ENDS, 'how it ended') kind!: PlacementEndedOtherwise['kind'];
  @DateField(LAST_DAY, { optional: true }) lastDay?: string;
}

export class FactCorrectedFields {
  @DateField("the replacement's, where it is left out", { optional: true }) effectiveDate?: string;
  @MessageId('id of the message of the same source whose fact is corrected') corrects!: string;
  @ObjectField('the whole fact as it should have been: its short `type` and its fields') replacement!: object;
}

export class FactRetractedFields implements Omit<FieldsFor<FactRetracted>, 'retracts' | 'movedTo' | 'reason'> {
  @DateField("the retracted fact's") effectiveDate!: string;
  @MessageId('id of the message of the same source whose fact is retracted') retracts!: string;
  @OneOf(RETRACTION_REASONS.filter((reason) => reason !== 'movedToOtherPlacement'), 'why') reason!: FactRetracted['reason'];
}
