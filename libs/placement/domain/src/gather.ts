import type {
  DateField,
  Day,
  Inexact,
  JobcoachAssigned,
  PlacementFactData,
  ProefplaatsingEnded,
  ProefplaatsingStarted,
} from './facts';
import type { EndFact } from './ends';
import type { ContractFact } from './contracts';
import type { IntervalEnd, IntervalExtension, IntervalStart } from './intervals';
import { insert, park, type Live, type LiveFact, type Verdicts } from './live-fact';
import { contradictsItself, earliest, isInexact, isReadable, latest } from './readable';
import { addDays } from './days';

/** A fact about one day that does not wait for others. */
export type Point<Type extends keyof PlacementFactData> = Live & { readonly data: PlacementFactData[Type] };
export type Interruption = PlacementFactData['EmploymentInterrupted'];

/** The facts that count, laid out by the question they answer. All by day and rank. */
export type Gathered = {
  readonly registrations: Point<'PlacementRegistered'>[];
  readonly contracts: ContractFact[];
  readonly madePermanent: Live[];
  readonly ends: EndFact[];
  readonly stages: { readonly starts: IntervalStart<null>[]; readonly ends: IntervalEnd<null>[] };
  readonly werkervaringsplekken: { readonly starts: IntervalStart<null>[]; readonly ends: IntervalEnd<null>[] };
  readonly proefplaatsingen: {
    readonly starts: IntervalStart<ProefplaatsingStarted>[];
    readonly extensions: IntervalExtension[];
    readonly ends: IntervalEnd<ProefplaatsingEnded>[];
  };
  readonly interruptions: { readonly starts: IntervalStart<Interruption>[]; readonly ends: IntervalEnd<null>[] };
  readonly externalJobcoach: { readonly starts: IntervalStart<JobcoachAssigned>[]; readonly ends: IntervalEnd<null>[] };
  readonly internalJobcoach: { readonly starts: IntervalStart<JobcoachAssigned>[]; readonly ends: IntervalEnd<null>[] };
  readonly buddy: { readonly starts: IntervalStart<null>[]; readonly ends: IntervalEnd<null>[] };
  readonly arrangements: Point<'ArrangementChanged'>[];
  readonly hours: Point<'HoursChanged'>[];
  readonly work: Point<'WorkChanged'>[];
  readonly trainings: Point<'TrainingCompleted'>[];
  readonly hired: Point<'HiredByInlener'>[];
};

/** The layers of a timeline that facts belong to, in the order in which they decide; `notices` have none of their own. */
export type Layer =
  | 'registration'
  | 'arrangements'
  | 'employment'
  | 'trials'
  | 'phases'
  | 'hours'
  | 'work'
  | 'interruptions'
  | 'support'
  | 'trainings'
  | 'notices';

export const nothingGathered = (): Gathered => ({
  registrations: [],
  contracts: [],
  madePermanent: [],
  ends: [],
  stages: { starts: [], ends: [] },
  werkervaringsplekken: { starts: [], ends: [] },
  proefplaatsingen: { starts: [], extensions: [], ends: [] },
  interruptions: { starts: [], ends: [] },
  externalJobcoach: { starts: [], ends: [] },
  internalJobcoach: { starts: [], ends: [] },
  buddy: { starts: [], ends: [] },
  arrangements: [],
  hours: [],
  work: [],
  trainings: [],
  hired: [],
});

/**
 * Adds a fact that has a higher rank than those before; parks it where it cannot be read or contradicts itself.
 *
 * @returns the layer that it belongs to; null where it is parked
 */
export function gather(live: LiveFact, to: Gathered, verdicts: Verdicts): Layer | null {
  if (isReadable(live.fact) && !contradictsItself(live.fact)) return lay(live, to);
  park(verdicts, live, isReadable(live.fact) ? 'datesContradict' : 'unreadable');
  return null;
}

function lay(live: LiveFact, to: Gathered): Layer {
  const { fact, order, at, eventId, day } = live;
  switch (fact.type) {
    case 'PlacementRegistered':
      insert(to.registrations, { order, at, eventId, day, data: fact.data });
      return 'registration';
    case 'ArrangementChanged':
      insert(to.arrangements, { order, at, eventId, day, data: fact.data });
      return 'arrangements';
    case 'HiredByInlener':
      insert(to.hired, { order, at, eventId, day, data: fact.data });
      return 'arrangements';
    case 'StageStarted':
      insert(to.stages.starts, start(live, fact.data.plannedEnd, null));
      return 'phases';
    case 'StageEnded':
      insert(to.stages.ends, end(live, day, null));
      return 'phases';
    case 'WerkervaringsplekStarted':
      insert(to.werkervaringsplekken.starts, start(live, fact.data.plannedEnd, null));
      return 'phases';
    case 'WerkervaringsplekEnded':
      insert(to.werkervaringsplekken.ends, end(live, day, null));
      return 'phases';
    case 'ProefplaatsingStarted':
      insert(to.proefplaatsingen.starts, start(live, fact.data.plannedEnd, fact.data));
      return 'trials';
    case 'ProefplaatsingExtended':
      insert(to.proefplaatsingen.extensions, {
        order,
        at,
        eventId,
        day,
        plannedEnd: notBefore(day, fact.data.plannedEnd),
      });
      return 'trials';
    case 'ProefplaatsingEnded':
      insert(to.proefplaatsingen.ends, end(live, day, fact.data));
      return 'trials';
    case 'ContractSigned':
    case 'ContractExtended': {
      const { plannedEnd, inexact } = fact.data;
      const signed = fact.type === 'ContractSigned' ? fact.data : null;
      insert(to.contracts, {
        order, at, eventId, day,
        plannedEnd: plannedEnd === undefined ? null : notBefore(day, plannedEnd),
        form: signed?.form ?? null,
        proeftijdDays: signed?.proeftijdDays ?? 0,
        inexactStart: isInexact(inexact, 'effectiveDate'),
      }); // prettier-ignore
      return 'employment';
    }
    case 'ContractMadePermanent':
      insert(to.madePermanent, live);
      return 'employment';
    case 'ContractEnded':
      insert(to.ends, {
        order,
        at,
        eventId,
        day,
        fact,
        lastDay: day,
        ...vagueness(day, fact.data.inexact, 'effectiveDate'),
      });
      return 'employment';
    case 'UitvalRecorded':
    case 'DoorstroomRecorded':
    case 'EmploymentContinued':
    case 'PlacementEndedOtherwise':
      insert(to.ends, {
        order, at, eventId, day, fact,
        lastDay: fact.data.lastDay ?? null,
        ...vagueness(fact.data.lastDay ?? day, fact.data.inexact, 'lastDay'),
      }); // prettier-ignore
      return 'employment';
    case 'HoursChanged':
      insert(to.hours, { order, at, eventId, day, data: fact.data });
      return 'hours';
    case 'WorkChanged':
      insert(to.work, { order, at, eventId, day, data: fact.data });
      return 'work';
    case 'JobcoachAssigned': {
      const jobcoach = fact.data.kind === 'external' ? to.externalJobcoach : to.internalJobcoach;
      insert(jobcoach.starts, start(live, fact.data.grantUntil, fact.data));
      return 'support';
    }
    case 'JobcoachEnded': {
      const jobcoach = fact.data.kind === 'external' ? to.externalJobcoach : to.internalJobcoach;
      insert(jobcoach.ends, end(live, day, null));
      return 'support';
    }
    case 'BuddyAssigned':
      insert(to.buddy.starts, start(live, undefined, null));
      return 'support';
    case 'BuddyEnded':
      insert(to.buddy.ends, end(live, day, null));
      return 'support';
    case 'TrainingCompleted':
      insert(to.trainings, { order, at, eventId, day, data: fact.data });
      return 'trainings';
    case 'EmploymentInterrupted':
      insert(to.interruptions.starts, start(live, undefined, fact.data));
      return 'interruptions';
    case 'EmploymentResumed':
      // Its date is the first day back.
      insert(to.interruptions.ends, end(live, addDays(day, -1), null));
      return 'interruptions';
  }
}

function vagueness(
  day: Day,
  inexact: Inexact | undefined,
  field: DateField,
): Pick<EndFact, 'inexact' | 'earliest' | 'latest'> {
  return {
    inexact: isInexact(inexact, field),
    earliest: earliest(day, inexact, field),
    latest: latest(day, inexact, field),
  };
}

function start<Detail>(live: Live, plannedEnd: Day | undefined, detail: Detail): IntervalStart<Detail> {
  const { order, at, eventId, day } = live;
  return { order, at, eventId, day, plannedEnd: plannedEnd === undefined ? null : notBefore(day, plannedEnd), detail };
}

function end<Detail>(live: Live, lastDay: Day, detail: Detail): IntervalEnd<Detail> {
  const { order, at, eventId } = live;
  return { order, at, eventId, day: lastDay, detail };
}

/** A vague planned end is placed in the middle of its period, which may lie before an exact start in that same period. */
function notBefore(start: Day, plannedEnd: Day): Day {
  return plannedEnd < start ? start : plannedEnd;
}
