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
import { compareDay, park, type Live, type LiveFact, type Verdicts } from './live-fact';
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

/** Lays out `facts`, putting them in order of days; parks what cannot be read and what contradicts itself. */
export function gather(facts: LiveFact[], verdicts: Verdicts): Gathered {
  const gathered: Gathered = {
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
  };
  for (const live of facts.sort(compareDay)) {
    if (!isReadable(live.fact)) park(verdicts, live, 'unreadable');
    else if (contradictsItself(live.fact)) park(verdicts, live, 'datesContradict');
    else lay(live, gathered);
  }
  return gathered;
}

function lay(live: LiveFact, to: Gathered): void {
  const { fact, order, at, eventId, day } = live;
  switch (fact.type) {
    case 'PlacementRegistered':
      to.registrations.push({ order, at, eventId, day, data: fact.data });
      return;
    case 'ArrangementChanged':
      to.arrangements.push({ order, at, eventId, day, data: fact.data });
      return;
    case 'HiredByInlener':
      to.hired.push({ order, at, eventId, day, data: fact.data });
      return;
    case 'StageStarted':
      to.stages.starts.push(start(live, fact.data.plannedEnd, null));
      return;
    case 'StageEnded':
      to.stages.ends.push(end(live, day, null));
      return;
    case 'WerkervaringsplekStarted':
      to.werkervaringsplekken.starts.push(start(live, fact.data.plannedEnd, null));
      return;
    case 'WerkervaringsplekEnded':
      to.werkervaringsplekken.ends.push(end(live, day, null));
      return;
    case 'ProefplaatsingStarted':
      to.proefplaatsingen.starts.push(start(live, fact.data.plannedEnd, fact.data));
      return;
    case 'ProefplaatsingExtended':
      to.proefplaatsingen.extensions.push({
        order,
        at,
        eventId,
        day,
        plannedEnd: notBefore(day, fact.data.plannedEnd),
      });
      return;
    case 'ProefplaatsingEnded':
      to.proefplaatsingen.ends.push(end(live, day, fact.data));
      return;
    case 'ContractSigned':
    case 'ContractExtended': {
      const { plannedEnd, inexact } = fact.data;
      const signed = fact.type === 'ContractSigned' ? fact.data : null;
      to.contracts.push({
        order, at, eventId, day,
        plannedEnd: plannedEnd === undefined ? null : notBefore(day, plannedEnd),
        form: signed?.form ?? null,
        proeftijdDays: signed?.proeftijdDays ?? 0,
        inexactStart: isInexact(inexact, 'effectiveDate'),
      }); // prettier-ignore
      return;
    }
    case 'ContractMadePermanent':
      to.madePermanent.push(live);
      return;
    case 'ContractEnded':
      to.ends.push({
        order,
        at,
        eventId,
        day,
        fact,
        lastDay: day,
        ...vagueness(day, fact.data.inexact, 'effectiveDate'),
      });
      return;
    case 'UitvalRecorded':
    case 'DoorstroomRecorded':
    case 'EmploymentContinued':
    case 'PlacementEndedOtherwise':
      to.ends.push({
        order, at, eventId, day, fact,
        lastDay: fact.data.lastDay ?? null,
        ...vagueness(fact.data.lastDay ?? day, fact.data.inexact, 'lastDay'),
      }); // prettier-ignore
      return;
    case 'HoursChanged':
      to.hours.push({ order, at, eventId, day, data: fact.data });
      return;
    case 'WorkChanged':
      to.work.push({ order, at, eventId, day, data: fact.data });
      return;
    case 'JobcoachAssigned': {
      const jobcoach = fact.data.kind === 'external' ? to.externalJobcoach : to.internalJobcoach;
      jobcoach.starts.push(start(live, fact.data.grantUntil, fact.data));
      return;
    }
    case 'JobcoachEnded': {
      const jobcoach = fact.data.kind === 'external' ? to.externalJobcoach : to.internalJobcoach;
      jobcoach.ends.push(end(live, day, null));
      return;
    }
    case 'BuddyAssigned':
      to.buddy.starts.push(start(live, undefined, null));
      return;
    case 'BuddyEnded':
      to.buddy.ends.push(end(live, day, null));
      return;
    case 'TrainingCompleted':
      to.trainings.push({ order, at, eventId, day, data: fact.data });
      return;
    case 'EmploymentInterrupted':
      to.interruptions.starts.push(start(live, undefined, fact.data));
      return;
    case 'EmploymentResumed':
      // Its date is the first day back.
      to.interruptions.ends.push(end(live, addDays(day, -1), null));
      return;
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
