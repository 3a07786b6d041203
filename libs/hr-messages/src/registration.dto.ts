import {
  ARRANGEMENTS, BUDGETS, POST_ORIGINS, REGISTRATION_KINDS, SECTORS, TARGET_GROUP,
  type ArrangementChanged, type HiredByInlener, type HoursChanged, type PlacementRegistered, type WorkChanged,
} from '@bestendig/placement-domain'; // prettier-ignore
import { Amount, Code, DateField, Flag, Key, ListOf, OneOf, Organisation, Text, ofAll } from './fields';

/** The fields a message has for a fact: those of facts.ts, with the organisations under the names that sources use, and without what keys and dates turn into. */
export type FieldsFor<Fact> = {
  [Name in keyof Fact as Name extends 'inexact' | 'candidateId' | 'successorPlacementId'
    ? never
    : Name extends 'employerId'
      ? 'employer'
      : Name extends 'providerId'
        ? 'provider'
        : Name]: Name extends 'inleners' ? Inlener[] : Fact[Name];
};

/** Tolerance of a sum of shares: thirds written with ten decimals pass. */
const SHARES_TOLERANCE = 1e-9;
const INLENERS_MAX = 50;

export class Inlener {
  @Organisation('organisation the worker works for') employer!: string;
  @Amount(0, 1, 'its part; the parts of one list sum to 1') share!: number;
  @Code('team within it', { optional: true }) team?: string;
}

const shareOf = (member: unknown): number => (member instanceof Inlener && typeof member.share === 'number' ? member.share : Number.NaN);
const sumTo1 = (members: readonly unknown[]) => Math.abs(members.reduce<number>((sum, member) => sum + shareOf(member), 0) - 1) <= SHARES_TOLERANCE;
const nameOf = (member: unknown) => (member instanceof Inlener ? `${member.employer} ${member.team ?? ''}` : member);
const allDiffer = (members: readonly unknown[]) => new Set(members.map(nameOf)).size === members.length;

const Inleners = () =>
  ListOf(Inlener, INLENERS_MAX, 'organisations the worker works for under uitzend, detachering or inkoop', { optional: true }, [
    ofAll('sharesSumTo1', (members) => members.some((member) => Number.isNaN(shareOf(member))) || sumTo1(members), 'sharesSum', 'must have shares that sum to 1'),
    ofAll('inlenersDiffer', allDiffer, 'sameTwice', 'must name each employer and team once'),
  ]);

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
