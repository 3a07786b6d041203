import type { Fact, FactCorrected, FactData, FactDiscarded, FactRetracted, PlacementFactData } from './facts';

/** What a person can do, and the fact that it records. */
export const COMMANDS = {
  RegisterPlacement: 'PlacementRegistered',
  ChangeArrangement: 'ArrangementChanged',
  RecordHiringByInlener: 'HiredByInlener',
  StartStage: 'StageStarted',
  EndStage: 'StageEnded',
  StartWerkervaringsplek: 'WerkervaringsplekStarted',
  EndWerkervaringsplek: 'WerkervaringsplekEnded',
  StartProefplaatsing: 'ProefplaatsingStarted',
  ExtendProefplaatsing: 'ProefplaatsingExtended',
  EndProefplaatsing: 'ProefplaatsingEnded',
  SignContract: 'ContractSigned',
  ExtendContract: 'ContractExtended',
  MakeContractPermanent: 'ContractMadePermanent',
  EndContract: 'ContractEnded',
  ChangeHours: 'HoursChanged',
  ChangeWork: 'WorkChanged',
  AssignJobcoach: 'JobcoachAssigned',
  EndJobcoach: 'JobcoachEnded',
  AssignBuddy: 'BuddyAssigned',
  EndBuddy: 'BuddyEnded',
  CompleteTraining: 'TrainingCompleted',
  InterruptEmployment: 'EmploymentInterrupted',
  ResumeEmployment: 'EmploymentResumed',
  RecordUitval: 'UitvalRecorded',
  RecordDoorstroom: 'DoorstroomRecorded',
  ContinueEmployment: 'EmploymentContinued',
  EndPlacementOtherwise: 'PlacementEndedOtherwise',
  CorrectFact: 'FactCorrected',
  RetractFact: 'FactRetracted',
  DiscardFact: 'FactDiscarded',
} as const satisfies Record<string, keyof FactData>;

type FactCommands = Omit<typeof COMMANDS, 'CorrectFact' | 'RetractFact' | 'DiscardFact'>;
type FactCommand<Name extends keyof FactCommands> = Name extends keyof FactCommands
  ? { readonly type: Name; readonly data: PlacementFactData[FactCommands[Name]] }
  : never;

/** A person names the event, where HR names the message. */
type OneEvent = { readonly eventId: string };

/** What a person asks; the data is that of the fact to be recorded. */
export type PlacementCommand =
  | FactCommand<keyof FactCommands>
  | { readonly type: 'CorrectFact'; readonly data: FactCorrected & { readonly corrects: OneEvent } }
  | { readonly type: 'RetractFact'; readonly data: FactRetracted & { readonly retracts: OneEvent } }
  | { readonly type: 'DiscardFact'; readonly data: FactDiscarded };

/** The fact that a command records if nothing forbids it. */
export function factOf(command: PlacementCommand): Fact {
  switch (command.type) {
    case 'RegisterPlacement':
      return { type: COMMANDS[command.type], data: command.data };
    case 'ChangeArrangement':
      return { type: COMMANDS[command.type], data: command.data };
    case 'RecordHiringByInlener':
      return { type: COMMANDS[command.type], data: command.data };
    case 'StartStage':
      return { type: COMMANDS[command.type], data: command.data };
    case 'EndStage':
      return { type: COMMANDS[command.type], data: command.data };
    case 'StartWerkervaringsplek':
      return { type: COMMANDS[command.type], data: command.data };
    case 'EndWerkervaringsplek':
      return { type: COMMANDS[command.type], data: command.data };
    case 'StartProefplaatsing':
      return { type: COMMANDS[command.type], data: command.data };
    case 'ExtendProefplaatsing':
      return { type: COMMANDS[command.type], data: command.data };
    case 'EndProefplaatsing':
      return { type: COMMANDS[command.type], data: command.data };
    case 'SignContract':
      return { type: COMMANDS[command.type], data: command.data };
    case 'ExtendContract':
      return { type: COMMANDS[command.type], data: command.data };
    case 'MakeContractPermanent':
      return { type: COMMANDS[command.type], data: command.data };
    case 'EndContract':
      return { type: COMMANDS[command.type], data: command.data };
    case 'ChangeHours':
      return { type: COMMANDS[command.type], data: command.data };
    case 'ChangeWork':
      return { type: COMMANDS[command.type], data: command.data };
    case 'AssignJobcoach':
      return { type: COMMANDS[command.type], data: command.data };
    case 'EndJobcoach':
      return { type: COMMANDS[command.type], data: command.data };
    case 'AssignBuddy':
      return { type: COMMANDS[command.type], data: command.data };
    case 'EndBuddy':
      return { type: COMMANDS[command.type], data: command.data };
    case 'CompleteTraining':
      return { type: COMMANDS[command.type], data: command.data };
    case 'InterruptEmployment':
      return { type: COMMANDS[command.type], data: command.data };
    case 'ResumeEmployment':
      return { type: COMMANDS[command.type], data: command.data };
    case 'RecordUitval':
      return { type: COMMANDS[command.type], data: command.data };
    case 'RecordDoorstroom':
      return { type: COMMANDS[command.type], data: command.data };
    case 'ContinueEmployment':
      return { type: COMMANDS[command.type], data: command.data };
    case 'EndPlacementOtherwise':
      return { type: COMMANDS[command.type], data: command.data };
    case 'CorrectFact':
      return { type: COMMANDS[command.type], data: command.data };
    case 'RetractFact':
      return { type: COMMANDS[command.type], data: command.data };
    case 'DiscardFact':
      return { type: COMMANDS[command.type], data: command.data };
  }
}
