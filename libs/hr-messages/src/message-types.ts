import type { FactType } from '@bestendig/placement-domain';
import * as contracts from './contracts.dto';
import * as ends from './ends.dto';
import { Key, Names, OneOf, fieldsOf, type DtoClass, type Field } from './fields';
import * as registration from './registration.dto';
import * as support from './support.dto';

/** What a source can tell. Setting a parked fact aside is for people only. */
export type MessageFactType = Exclude<FactType, 'FactDiscarded'>;

type Told = { readonly fields: DtoClass; readonly meaning: string };

/** One message type per fact type of the placement's domain; a fact type without one does not compile. */
const TOLD: { readonly [Type in MessageFactType]: Told } = {
  PlacementRegistered: { fields: registration.PlacementRegisteredFields, meaning: 'The placement is registered: who, at whom, where and how.' },
  ArrangementChanged: { fields: registration.ArrangementChangedFields, meaning: 'The arrangement or its inleners changed.' },
  HiredByInlener: { fields: registration.HiredByInlenerFields, meaning: 'The inlener becomes the formal employer. Never also end code 91.' },
  StageStarted: { fields: contracts.StageStartedFields, meaning: 'A stage starts.' },
  StageEnded: { fields: contracts.StageEndedFields, meaning: 'The stage ends.' },
  WerkervaringsplekStarted: { fields: contracts.WerkervaringsplekStartedFields, meaning: 'A werkervaringsplek starts.' },
  WerkervaringsplekEnded: { fields: contracts.WerkervaringsplekEndedFields, meaning: 'The werkervaringsplek ends.' },
  ProefplaatsingStarted: { fields: contracts.ProefplaatsingStartedFields, meaning: 'A proefplaatsing starts.' },
  ProefplaatsingExtended: { fields: contracts.ProefplaatsingExtendedFields, meaning: 'The proefplaatsing is extended.' },
  ProefplaatsingEnded: { fields: contracts.ProefplaatsingEndedFields, meaning: 'The proefplaatsing ends.' },
  ContractSigned: { fields: contracts.ContractSignedFields, meaning: 'A contract begins.' },
  ContractExtended: { fields: contracts.ContractExtendedFields, meaning: 'A new contract in the keten follows.' },
  ContractMadePermanent: { fields: contracts.ContractMadePermanentFields, meaning: 'The running contract becomes permanent.' },
  ContractEnded: { fields: contracts.ContractEndedFields, meaning: 'The contract ends.' },
  HoursChanged: { fields: registration.HoursChangedFields, meaning: 'The contract hours change.' },
  WorkChanged: { fields: registration.WorkChangedFields, meaning: 'Department, task or location changes.' },
  JobcoachAssigned: { fields: support.JobcoachAssignedFields, meaning: 'A jobcoach is assigned, or a next half-year is granted.' },
  JobcoachEnded: { fields: support.JobcoachEndedFields, meaning: 'The jobcoach ends.' },
  BuddyAssigned: { fields: support.BuddyAssignedFields, meaning: 'A buddy is assigned.' },
  BuddyEnded: { fields: support.BuddyEndedFields, meaning: 'The buddy ends.' },
  TrainingCompleted: { fields: support.TrainingCompletedFields, meaning: 'Someone around the worker completed a training.' },
  EmploymentInterrupted: { fields: contracts.EmploymentInterruptedFields, meaning: 'The worker is away for a time; the employment goes on.' },
  EmploymentResumed: { fields: contracts.EmploymentResumedFields, meaning: 'The worker is back.' },
  UitvalRecorded: { fields: ends.UitvalRecordedFields, meaning: 'The placement ended in uitval.' },
  DoorstroomRecorded: { fields: ends.DoorstroomRecordedFields, meaning: 'The placement ended in doorstroom to other work.' },
  EmploymentContinued: { fields: ends.EmploymentContinuedFields, meaning: 'The employment goes on under another key or employer; never uitval.' },
  PlacementEndedOtherwise: { fields: ends.PlacementEndedOtherwiseFields, meaning: 'The placement ended in pension, death or agreed outflow.' },
  FactCorrected: { fields: ends.FactCorrectedFields, meaning: 'An earlier message was wrong: here is the whole fact as it should have been.' },
  FactRetracted: { fields: ends.FactRetractedFields, meaning: 'An earlier message should not have been sent.' },
};

export type MessageType = {
  readonly factType: MessageFactType;
  /** `contract-signed`: in files, and in a replacement. */
  readonly shortName: string;
  /** `nl.bestendig.hr.contract-signed.v1`: the CloudEvent's type. */
  readonly type: string;
  readonly meaning: string;
  /** What `data` is. */
  readonly data: DtoClass;
  readonly dataFields: readonly Field[];
  /** What `data.replacement` of a correction to such a fact is; null for what cannot be one. */
  readonly replacement: DtoClass | null;
  readonly replacementFields: readonly Field[];
};

export const EMPLOYMENT_MEANING = "the source's key of the employment (contract number, NumIV)";
export const PERSON_MEANING = "the source's key of the person; never a BSN";

const ASSUMED_MEANING = 'fields whose value, or absence, nobody stated but you assumed; a date you give says so with its `~`';

const shortNameOf = (factType: string): string => factType.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

const isModifier = (factType: MessageFactType): boolean => factType === 'FactCorrected' || factType === 'FactRetracted';

const FACT_TYPES = Object.keys(TOLD) as MessageFactType[];

/** Short names of what can stand in a correction's replacement. */
export const REPLACEMENT_TYPES: readonly string[] = FACT_TYPES.filter((factType) => !isModifier(factType)).map(shortNameOf);

/** Fields that say their part as assumed by name: a required date does so by its `~`, and a key or reference is never assumed. */
function addAssumed(factType: MessageFactType, to: DtoClass): void {
  const names = fieldsOf(TOLD[factType].fields)
    .filter(({ kind, optional }) => (kind === 'date' ? optional : kind !== 'key' && kind !== 'messageId' && kind !== 'object'))
    .map(({ name }) => name);
  if (names.length > 0) Names(names, ASSUMED_MEANING, { optional: true })(to.prototype, 'assumed');
}

function dataClass(factType: MessageFactType): DtoClass {
  const Data = class extends TOLD[factType].fields {};
  if (!isModifier(factType)) addAssumed(factType, Data);
  Key(PERSON_MEANING, factType === 'PlacementRegistered' ? {} : { optional: true })(Data.prototype, 'person');
  Key(EMPLOYMENT_MEANING)(Data.prototype, 'employment');
  return Data;
}

function replacementClass(factType: MessageFactType): DtoClass | null {
  if (isModifier(factType)) return null;
  const Replacement = class extends TOLD[factType].fields {};
  addAssumed(factType, Replacement);
  OneOf(REPLACEMENT_TYPES, 'which fact it should have been')(Replacement.prototype, 'type');
  if (factType === 'PlacementRegistered') Key(`${PERSON_MEANING}; where it is another than the message's`, { optional: true })(Replacement.prototype, 'person');
  return Replacement;
}

/** Every message type of the contract, in the order of a placement's life. */
export const MESSAGE_TYPES: readonly MessageType[] = FACT_TYPES.map((factType) => {
  const shortName = shortNameOf(factType);
  const [data, replacement] = [dataClass(factType), replacementClass(factType)];
  return {
    factType, shortName, type: `nl.bestendig.hr.${shortName}.v1`, meaning: TOLD[factType].meaning,
    data, dataFields: fieldsOf(data), replacement, replacementFields: replacement === null ? [] : fieldsOf(replacement),
  }; // prettier-ignore
});

const byType = new Map(MESSAGE_TYPES.map((messageType) => [messageType.type, messageType]));
const byShortName = new Map(MESSAGE_TYPES.map((messageType) => [messageType.shortName, messageType]));

export const messageTypeOf = (type: string): MessageType | undefined => byType.get(type);
export const messageTypeOfShortName = (shortName: string): MessageType | undefined => byShortName.get(shortName);

/** Where these messages come by Kafka, unless an installation chose another name. */
export const HR_FACTS_TOPIC = 'bestendig.hr-facts.v1';
