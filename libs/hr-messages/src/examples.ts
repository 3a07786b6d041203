import { MESSAGE_TYPES, type MessageFactType } from './message-types';

/** A message as it is sent: a CloudEvent in structured JSON. */
export type HrMessage = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time?: string;
  readonly data: { readonly employment: string; readonly person?: string; readonly [field: string]: unknown };
};

type Data = HrMessage['data'];

const SOURCE = 'urn:nld:oin:00000001003214345000:systeem:hr';
const EMPLOYER = 'kvk:12345678';
const INLENERS = [
  { employer: 'oin:00000001003214345000', share: 0.6, team: 'team-archief' },
  { employer: 'kvk:11111111', share: 0.4 },
];

/** One story: registered, tried out, hired, supported, and how it can end. All made up. */
const of = (fields: Omit<Data, 'employment'>): Data => ({ employment: 'A-2023-117', ...fields });

const DATA: { readonly [Type in MessageFactType]: Data } = {
  PlacementRegistered: of({
    person: 'P-1042', effectiveDate: '2023-03-01', employer: EMPLOYER, sector: 'gemeenten', region: 'AM13', hoursPerWeek: 25.5, arrangement: 'detacheringIndividual',
    inleners: INLENERS, postOrigin: 'jobcarving', aboveFormation: true, budget: 'central', registrationKind: 'newJob', inTargetGroup: 'yes',
    assumed: ['hoursPerWeek', 'budget'],
  }), // prettier-ignore
  ArrangementChanged: of({ effectiveDate: '2024-01-01', arrangement: 'detacheringGroup', inleners: [{ employer: 'kvk:11111111', share: 1 }] }),
  HiredByInlener: of({ effectiveDate: '2025-01-01', employer: 'kvk:11111111', successorEmployment: 'B-2025-9' }),
  StageStarted: of({ effectiveDate: '2022-09', plannedEnd: '2022-11-30' }),
  StageEnded: of({ effectiveDate: '2022-11-30' }),
  WerkervaringsplekStarted: of({ effectiveDate: '2022-12-01', plannedEnd: '2023-01-31' }),
  WerkervaringsplekEnded: of({ effectiveDate: '2023-01-31' }),
  ProefplaatsingStarted: of({ effectiveDate: '2023-02-01', authority: 'uwv', plannedEnd: '2023-03-31', aim: 'employment' }),
  ProefplaatsingExtended: of({ effectiveDate: '2023-04-01', plannedEnd: '2023-04-30' }),
  ProefplaatsingEnded: of({ effectiveDate: '2023-04-30', converted: true }),
  ContractSigned: of({ effectiveDate: '2023-05-01', form: 'arbeidsovereenkomst', plannedEnd: '2024-04-30', proeftijdDays: 0 }),
  ContractExtended: of({ effectiveDate: '2024-05-01', plannedEnd: '2025-04-30' }),
  ContractMadePermanent: of({ effectiveDate: '2025-01-01' }),
  ContractEnded: of({ effectiveDate: '2025-04-30', endCode: '30' }),
  HoursChanged: of({ effectiveDate: '2023-09-01', hoursPerWeek: 28 }),
  WorkChanged: of({ effectiveDate: '2023-10-01', departmentCode: 'archief', taskCode: 'scannen' }),
  JobcoachAssigned: of({ effectiveDate: '2023-05-01', kind: 'external', level: 'midden', provider: 'kvk:22222222', grantUntil: '2023-10-31' }),
  JobcoachEnded: of({ effectiveDate: '2024-04-30', kind: 'external' }),
  BuddyAssigned: of({ effectiveDate: '2023-05-01' }),
  BuddyEnded: of({ effectiveDate: '2024-04-30' }),
  TrainingCompleted: of({ effectiveDate: '2023-06-15', training: 'harrie', by: 'buddy' }),
  EmploymentInterrupted: of({ effectiveDate: '2024-02-05', kind: 'sickness' }),
  EmploymentResumed: of({ effectiveDate: '2024-03-18' }),
  UitvalRecorded: of({ effectiveDate: '2025-04-30', cause: 'noFittingTasks', endCode: '30', lesson: 'otherTasks', lastDay: '2025-04-30' }),
  DoorstroomRecorded: of({ effectiveDate: '2025-04-30', to: 'otherEmployerSameSector' }),
  EmploymentContinued: of({ effectiveDate: '2025-04-30', endCode: '92', lastDay: '2025-04-30', successorEmployment: 'A-2025-201' }),
  PlacementEndedOtherwise: of({ effectiveDate: '2025-04-30', kind: 'agreedOutflow', lastDay: '2025-04-30' }),
  FactCorrected: of({ corrects: 'hr-contract-signed-1', replacement: { type: 'contract-signed', effectiveDate: '2023-05-15', form: 'arbeidsovereenkomst', plannedEnd: '2024-05~' } }),
  FactRetracted: of({ effectiveDate: '2024-02-05', retracts: 'hr-employment-interrupted-1', reason: 'neverHappened' }),
};

/** One valid message of every type: in the documentation, in OpenAPI, and sent by tests. */
export const EXAMPLES: { readonly [Type in MessageFactType]: HrMessage } = Object.fromEntries(
  MESSAGE_TYPES.map(({ factType, shortName, type }): [MessageFactType, HrMessage] => [
    factType,
    { specversion: '1.0', id: `hr-${shortName}-1`, source: SOURCE, type, time: '2025-06-02T08:30:00Z', data: DATA[factType] },
  ]),
) as Record<MessageFactType, HrMessage>;
