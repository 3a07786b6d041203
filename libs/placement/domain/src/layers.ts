import { contractSegments, type Segment } from './contracts';
import type { EndFact } from './ends';
import type { Gathered, Layer, Point } from './gather';
import { standAgain, type Verdicts } from './live-fact';
import { noticesOf } from './notices';
import { interruptions, phases, proefplaatsingen, support, type Proefplaatsing } from './phases';
import { spellsOf } from './spells';
import type { Timeline } from './timeline-types';
import { arrangements, hoursPerWeek, trainings, workCodes, type Hiring } from './values';

/** The facts that count of a placement that is registered, and what the layers that read them have decided so far. */
export type Decided = {
  readonly registration: Point<'PlacementRegistered'>;
  readonly gathered: Gathered;
  readonly verdicts: Verdicts;
  knownAt: string | undefined;
} & { -readonly [part in Exclude<keyof Timeline, 'registration' | 'source' | 'facts'>]: Timeline[part] } & {
  hired: Hiring | null;
  segments: readonly Segment[];
  trials: readonly Proefplaatsing[];
};

/** Each layer decides over its own facts, and parks those that cannot be so. */
const DECIDE: { readonly [layer in Exclude<Layer, 'registration'>]: (decided: Decided) => void } = {
  arrangements: (decided) => {
    const { registration, gathered, verdicts } = decided;
    standAgain(verdicts, gathered.arrangements);
    standAgain(verdicts, gathered.hired);
    const { arrangement, employer, hired } = arrangements(
      registration,
      gathered.arrangements,
      gathered.hired,
      verdicts,
    );
    decided.arrangement = arrangement;
    decided.employer = employer;
    decided.hired = hired;
  },
  employment: (decided) => {
    const { gathered, verdicts, knownAt } = decided;
    standAgain(verdicts, gathered.contracts);
    standAgain(verdicts, gathered.madePermanent);
    standAgain(verdicts, gathered.ends);
    const dated: EndFact[] = [];
    const undated: EndFact[] = [];
    for (const end of gathered.ends) (end.lastDay === null ? undated : dated).push(end);
    dated.sort(compareLastDay);
    const { contracts, madePermanent } = gathered;
    decided.segments = contractSegments(contracts, dated, undated, madePermanent, verdicts, knownAt);
    decided.spells = spellsOf(decided.segments, undated, decided.hired, verdicts);
  },
  trials: (decided) => {
    const { gathered, verdicts, knownAt } = decided;
    standAgain(verdicts, gathered.proefplaatsingen.starts);
    standAgain(verdicts, gathered.proefplaatsingen.extensions);
    standAgain(verdicts, gathered.proefplaatsingen.ends);
    decided.trials = proefplaatsingen(gathered.proefplaatsingen, verdicts, knownAt);
  },
  phases: (decided) => {
    const { gathered, verdicts } = decided;
    const { stages, werkervaringsplekken } = gathered;
    for (const facts of [stages.starts, stages.ends, werkervaringsplekken.starts, werkervaringsplekken.ends])
      standAgain(verdicts, facts);
    decided.phases = phases(gathered, decided.trials, decided.spells, verdicts);
  },
  hours: (decided) => {
    standAgain(decided.verdicts, decided.gathered.hours);
    decided.hoursPerWeek = hoursPerWeek(decided.registration, decided.gathered.hours, decided.verdicts);
  },
  work: (decided) => {
    standAgain(decided.verdicts, decided.gathered.work);
    decided.work = workCodes(decided.gathered.work, decided.verdicts);
  },
  interruptions: (decided) => {
    standAgain(decided.verdicts, decided.gathered.interruptions.starts);
    standAgain(decided.verdicts, decided.gathered.interruptions.ends);
    decided.interruptions = interruptions(decided.gathered.interruptions, decided.verdicts);
  },
  support: (decided) => {
    const { gathered, verdicts } = decided;
    for (const { starts, ends } of [gathered.externalJobcoach, gathered.internalJobcoach, gathered.buddy]) {
      standAgain(verdicts, starts);
      standAgain(verdicts, ends);
    }
    decided.support = support(gathered, verdicts);
  },
  trainings: (decided) => {
    standAgain(decided.verdicts, decided.gathered.trainings);
    decided.trainings = trainings(decided.gathered.trainings, decided.verdicts);
  },
  notices: (decided) => {
    const { segments, trials, gathered, verdicts, knownAt } = decided;
    decided.notices = noticesOf(segments, trials, gathered.ends, verdicts, knownAt);
  },
};

/** In which order the layers decide, where a fact of this one was added: it, and those that read what it has decided. */
const FROM: { readonly [layer in Layer]: readonly (keyof typeof DECIDE)[] } = {
  registration: ['arrangements', 'employment', 'trials', 'phases', 'hours', 'work', 'interruptions', 'support', 'trainings', 'notices'],
  arrangements: ['arrangements', 'employment', 'phases', 'notices'],
  employment: ['employment', 'phases', 'notices'],
  trials: ['trials', 'phases', 'notices'],
  phases: ['phases'],
  hours: ['hours'],
  work: ['work'],
  interruptions: ['interruptions'],
  support: ['support'],
  trainings: ['trainings'],
  notices: ['notices'],
}; // prettier-ignore

/** Decides anew what facts of this layer may change; all else stays the same object. */
export function decideFrom(layer: Layer, decided: Decided): void {
  for (const next of FROM[layer]) DECIDE[next](decided);
}

function compareLastDay(a: EndFact, b: EndFact): number {
  if (a.lastDay === b.lastDay) return a.order - b.order;
  return (a.lastDay ?? '') < (b.lastDay ?? '') ? -1 : 1;
}

/** Before any layer has decided. */
export const undecided = (
  registration: Point<'PlacementRegistered'>,
  { gathered, verdicts, knownAt }: Pick<Decided, 'gathered' | 'verdicts' | 'knownAt'>,
): Decided => ({
  registration,
  gathered,
  verdicts,
  knownAt,
  phases: [],
  spells: [],
  employer: [],
  arrangement: [],
  hoursPerWeek: [],
  work: [],
  interruptions: [],
  support: [],
  trainings: [],
  notices: [],
  hired: null,
  segments: [],
  trials: [],
});
