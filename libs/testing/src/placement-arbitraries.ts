import {
  addDays,
  ARRANGEMENTS,
  CONTRACT_FORMS,
  DISCARD_REASONS,
  DOORSTROOM_TO,
  END_CODES,
  INTERRUPTIONS,
  JOBCOACH_KINDS,
  JOBCOACH_LEVELS,
  OTHER_ENDS,
  PROEFPLAATSING_AUTHORITIES,
  RETRACTION_REASONS,
  UITVAL_CAUSES,
  type Fact,
  type FactReference,
  type PlacementEvent,
  type PlacementFact,
  type Precision,
} from '@bestendig/placement-domain';
import fc from 'fast-check';
import { fact } from './given';

/**
 * Random histories of placements, made to collide: few days, few sources, few moments, so that facts contradict each
 * other, arrive late and in any order, and are corrected and retracted in lines and rings. All are well formed; what is
 * not is in `junkEvents`.
 */

/** Days on which something turns (ends of months, first days, leap day), and their neighbours. */
export const TURNING_DAYS: readonly string[] = [
  '2019-06-30', '2019-07-01', '2019-12-31', '2020-01-01', '2020-02-29', '2020-03-01', '2020-06-30', '2020-07-01', '2020-12-31', '2021-01-01',
  '2021-06-30', '2021-07-01', '2021-07-02', '2021-12-31', '2022-01-01', '2022-06-30', '2022-07-01', '2022-12-31', '2023-01-01', '2023-03-15', '2023-07-01',
]; // prettier-ignore

const day = fc.constantFrom(...TURNING_DAYS);
const EMPLOYERS = ['kvk:10000001', 'kvk:10000002'] as const;
const PLACEMENTS = [
  '00000000-0000-4000-8000-000000000001',
  '00000000-0000-4000-8000-000000000002',
  '00000000-0000-4000-8000-000000000003',
] as const;
/** A first and a planned last day; seldom the wrong way round. */
const period = fc
  .tuple(day, day, fc.nat(15))
  .map(([one, other, luck]) =>
    one < other || luck === 0 ? { effectiveDate: one, plannedEnd: other } : { effectiveDate: other, plannedEnd: one },
  );
const employerId = fc.constantFrom(...EMPLOYERS);
const endCode = fc.constantFrom(...END_CODES.map(({ code }) => code), '77');
const precision = fc.constantFrom<Precision>('day', 'month', 'quarter', 'year');
const inexact = fc
  .record({ precision, assumed: fc.boolean() })
  .map((known) => ({ effectiveDate: known, lastDay: known, plannedEnd: known }));

/** Fields that a fact may leave out are left out half of the time. */
const OPTIONAL: { requiredKeys: ['effectiveDate'] } = { requiredKeys: ['effectiveDate'] };

/** Vague dates are the exception. */
function sometimesVague(exact: fc.Arbitrary<PlacementFact>): fc.Arbitrary<PlacementFact> {
  return fc.oneof(
    { weight: 5, arbitrary: exact },
    { weight: 1, arbitrary: fc.tuple(exact, inexact).map(([one, known]) => vague(one, known)) },
  );
}

function vague(one: PlacementFact, known: NonNullable<PlacementFact['data']['inexact']>): PlacementFact {
  const data = { ...one.data, inexact: known };
  return JSON.parse(JSON.stringify({ type: one.type, data }));
}

const inleners = fc.constantFrom(
  undefined,
  [{ employerId: EMPLOYERS[1], share: 1 }],
  EMPLOYERS.map((id) => ({ employerId: id, share: 0.5 })),
);
const arrangement = fc
  .tuple(fc.constantFrom(...ARRANGEMENTS), inleners)
  .map(([kind, of]) => (of === undefined ? { arrangement: kind } : { arrangement: kind, inleners: of }));

/** A registration; the person is always the same one. */
export const registrations: fc.Arbitrary<PlacementFact> = fc
  .tuple(
    day,
    employerId,
    arrangement,
    fc.constantFrom(16, 24, 32),
    fc.constantFrom('newJob' as const, 'existingWorker' as const),
  )
  .map(([effectiveDate, employer, how, hoursPerWeek, registrationKind]) =>
    fact('PlacementRegistered', {
      effectiveDate,
      candidateId: '00000000-0000-4000-8000-0000000000aa',
      employerId: employer,
      sector: 'gemeenten',
      region: 'AM14',
      hoursPerWeek,
      ...how,
      postOrigin: 'regular',
      aboveFormation: false,
      budget: 'department',
      registrationKind,
      inTargetGroup: 'yes',
    }),
  );

const term = fc.oneof(
  { weight: 3, arbitrary: period },
  { weight: 1, arbitrary: day.map((effectiveDate) => ({ effectiveDate })) },
);
const signed = fc
  .tuple(term, fc.constantFrom('arbeidsovereenkomst' as const, ...CONTRACT_FORMS), fc.constantFrom(0, 30))
  .map(([dates, form, proeftijdDays]) => fact('ContractSigned', { ...dates, form, proeftijdDays }));
const extended = term.map((data) => fact('ContractExtended', data));
const madePermanent = day.map((effectiveDate) => fact('ContractMadePermanent', { effectiveDate }));
const contractEnded = fc.record({ effectiveDate: day, endCode }, OPTIONAL).map((data) => fact('ContractEnded', data));
const uitval = fc
  .record(
    { effectiveDate: day, lastDay: day, endCode, cause: fc.constantFrom(...UITVAL_CAUSES) },
    { requiredKeys: ['effectiveDate', 'cause'] },
  )
  .map((data) => fact('UitvalRecorded', data));
const doorstroom = fc
  .record(
    { effectiveDate: day, lastDay: day, to: fc.constantFrom(...DOORSTROOM_TO) },
    { requiredKeys: ['effectiveDate', 'to'] },
  )
  .map((data) => fact('DoorstroomRecorded', data));
const continued = fc
  .record(
    {
      effectiveDate: day,
      lastDay: day,
      endCode: fc.constantFrom('90' as const, '91' as const, '92' as const),
      successorPlacementId: fc.constantFrom(...PLACEMENTS),
    },
    { requiredKeys: ['effectiveDate', 'endCode'] },
  )
  .map((data) => fact('EmploymentContinued', data));
const endedOtherwise = fc
  .record(
    { effectiveDate: day, lastDay: day, kind: fc.constantFrom(...OTHER_ENDS) },
    { requiredKeys: ['effectiveDate', 'kind'] },
  )
  .map((data) => fact('PlacementEndedOtherwise', data));
const hired = fc
  .record(
    { effectiveDate: day, employerId, successorPlacementId: fc.constantFrom(...PLACEMENTS) },
    { requiredKeys: ['effectiveDate', 'employerId'] },
  )
  .map((data) => fact('HiredByInlener', data));

const employment = fc.oneof(
  { weight: 5, arbitrary: signed },
  { weight: 3, arbitrary: extended },
  { weight: 2, arbitrary: madePermanent },
  { weight: 4, arbitrary: contractEnded },
  { weight: 2, arbitrary: uitval },
  { weight: 1, arbitrary: doorstroom },
  { weight: 2, arbitrary: continued },
  { weight: 2, arbitrary: endedOtherwise },
  { weight: 1, arbitrary: hired },
);

const trial = fc.oneof(
  fc
    .tuple(period, fc.constantFrom(...PROEFPLAATSING_AUTHORITIES))
    .map(([dates, authority]) => fact('ProefplaatsingStarted', { ...dates, authority })),
  period.map((data) => fact('ProefplaatsingExtended', data)),
  fc.record({ effectiveDate: day, converted: fc.boolean() }).map((data) => fact('ProefplaatsingEnded', data)),
);
const kind = fc.constantFrom(...JOBCOACH_KINDS);
const around = fc.oneof(
  term.map((data) => fact('StageStarted', data)),
  day.map((effectiveDate) => fact('StageEnded', { effectiveDate })),
  term.map((data) => fact('WerkervaringsplekStarted', data)),
  day.map((effectiveDate) => fact('WerkervaringsplekEnded', { effectiveDate })),
  fc.tuple(day, arrangement).map(([effectiveDate, how]) => fact('ArrangementChanged', { effectiveDate, ...how })),
  fc
    .record({ effectiveDate: day, hoursPerWeek: fc.constantFrom(16, 24, 32) })
    .map((data) => fact('HoursChanged', data)),
  fc
    .record(
      { effectiveDate: day, departmentCode: fc.constantFrom('d1', 'd2'), taskCode: fc.constantFrom('t1', 't2') },
      OPTIONAL,
    )
    .map((data) => fact('WorkChanged', data)),
  fc
    .record(
      { effectiveDate: day, kind, level: fc.constantFrom(...JOBCOACH_LEVELS), grantUntil: day, providerId: employerId },
      { requiredKeys: ['effectiveDate', 'kind', 'level'] },
    )
    .map((data) => fact('JobcoachAssigned', data)),
  fc.record({ effectiveDate: day, kind }).map((data) => fact('JobcoachEnded', data)),
  day.map((effectiveDate) => fact('BuddyAssigned', { effectiveDate })),
  day.map((effectiveDate) => fact('BuddyEnded', { effectiveDate })),
  fc
    .record({ effectiveDate: day, by: fc.constantFrom('buddy' as const, 'manager' as const) })
    .map((data) => fact('TrainingCompleted', { ...data, training: 'harrie' })),
  fc
    .record({ effectiveDate: day, kind: fc.constantFrom(...INTERRUPTIONS) })
    .map((data) => fact('EmploymentInterrupted', data)),
  day.map((effectiveDate) => fact('EmploymentResumed', { effectiveDate })),
);

/** Any fact about the placement itself. */
export const placementFacts: fc.Arbitrary<PlacementFact> = sometimesVague(
  fc.oneof(
    { weight: 1, arbitrary: registrations },
    { weight: 12, arbitrary: employment },
    { weight: 2, arbitrary: trial },
    { weight: 6, arbitrary: around },
  ),
);

/** What happens at the end of a contract in a life without contradictions. */
const TURNS = ['extended', 'signed', 'madePermanent', 'ended', 'continued', 'uitval', 'pension', 'silence'] as const;

/** One life as it could have been: contract after contract, and most ends. Random facts beside it contradict it. */
const lives: fc.Arbitrary<readonly PlacementFact[]> = fc
  .tuple(
    fc.subarray([...TURNING_DAYS], { minLength: 2, maxLength: 6 }),
    fc.array(fc.constantFrom(...TURNS), { minLength: 6, maxLength: 6 }),
  )
  .map(([days, turns]) =>
    days.flatMap((from, i): readonly PlacementFact[] => {
      const next = days[i + 1];
      const plannedEnd = next === undefined ? {} : { plannedEnd: addDays(next, -1) };
      if (i === 0) return [fact('ContractSigned', { effectiveDate: from, form: 'arbeidsovereenkomst', ...plannedEnd })];
      const lastDay = addDays(from, -1);
      switch (turns[i] ?? 'silence') {
        case 'extended':
          return [fact('ContractExtended', { effectiveDate: from, ...plannedEnd })];
        case 'signed':
          return [fact('ContractSigned', { effectiveDate: from, form: 'arbeidsovereenkomst', ...plannedEnd })];
        case 'madePermanent':
          return [fact('ContractMadePermanent', { effectiveDate: from })];
        case 'ended':
          return [fact('ContractEnded', { effectiveDate: lastDay, endCode: '30' })];
        case 'continued':
          return [fact('EmploymentContinued', { effectiveDate: lastDay, lastDay, endCode: '92' })];
        case 'uitval':
          return [
            fact('ContractEnded', { effectiveDate: lastDay }),
            fact('UitvalRecorded', { effectiveDate: lastDay, cause: 'noFittingTasks' }),
          ];
        case 'pension':
          return [fact('PlacementEndedOtherwise', { effectiveDate: lastDay, lastDay, kind: 'pension' })];
        case 'silence':
          return [];
      }
    }),
  );

/** A correction, retraction or discard; `target` is the place of what it points at, taken round the length of the history. */
type ModifierDraft = {
  readonly target: number;
  readonly way: 'event' | 'message' | 'nothing';
  readonly of: (reference: FactReference, eventId: string) => Fact;
};
const modifier: fc.Arbitrary<ModifierDraft> = fc.record({
  target: fc.nat(30),
  way: fc.constantFrom('event' as const, 'message' as const, 'message' as const, 'nothing' as const),
  of: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(day, placementFacts).map(
        ([effectiveDate, replacement]) =>
          (corrects: FactReference) =>
            fact('FactCorrected', { effectiveDate, corrects, replacement }),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(day, fc.constantFrom(...RETRACTION_REASONS)).map(
        ([effectiveDate, reason]) =>
          (retracts: FactReference) =>
            fact('FactRetracted', { effectiveDate, retracts, reason }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(day, fc.constantFrom(...DISCARD_REASONS)).map(
        ([effectiveDate, reason]) =>
          (_: FactReference, eventId: string) =>
            fact('FactDiscarded', { effectiveDate, discards: { eventId }, reason }),
      ),
    },
  ),
});

const SOURCES = [
  'urn:nld:oin:00000001000000001000:systeem:hr',
  'urn:nld:oin:00000001000000002000:systeem:hr',
  null,
] as const;
const envelope = fc.record({
  source: fc.constantFrom(...SOURCES),
  /** Minute of the report; a few only, so that rank often falls to source and message id. */
  reported: fc.option(fc.nat(6), { nil: null }),
  /** Microseconds since the fact before: 0 is the same append. */
  later: fc.nat(2),
  /** True where it comes in the message of the fact before. */
  sameMessage: fc.boolean(),
});
type Drafted = readonly [
  PlacementFact | ModifierDraft,
  { source: string | null; reported: number | null; later: number; sameMessage: boolean },
];

function recorded(drafts: readonly Drafted[]): readonly PlacementEvent[] {
  const envelopes: Omit<PlacementEvent, 'type' | 'data'>[] = [];
  let micros = 0;
  drafts.forEach(([, { source, reported, later, sameMessage }], index) => {
    micros += later;
    const before = sameMessage ? envelopes[index - 1] : undefined;
    envelopes.push({
      // In no order, so that nothing can lean on it.
      id: `e${(index * 37 + 11) % 101}-${index}`,
      recordedAt: `2024-01-01T00:00:00.${String(micros).padStart(6, '0')}Z`,
      reportedAt:
        before === undefined ? (reported === null ? null : `2023-12-31T00:0${reported}:00.000000Z`) : before.reportedAt,
      source: before === undefined ? source : before.source,
      messageId: before === undefined ? `m${(index * 17 + 5) % 23}-${index}` : before.messageId,
      byPerson: source === null,
    });
  });
  return drafts.flatMap(([draft], index): PlacementEvent[] => {
    const own = envelopes[index];
    if (own === undefined) return [];
    if ('type' in draft) return [{ ...own, ...draft }];
    const target = envelopes[draft.target % envelopes.length] ?? own;
    const eventId = draft.way === 'nothing' ? 'never-recorded' : target.id;
    const byMessage =
      draft.way === 'message' && target.source !== null ? { source: target.source, messageId: target.messageId } : null;
    return [{ ...own, ...draft.of(byMessage ?? { eventId }, eventId) }];
  });
}

const anyDraft = fc.oneof<fc.WeightedArbitrary<PlacementFact | ModifierDraft>[]>(
  { weight: 6, arbitrary: placementFacts },
  { weight: 1, arbitrary: modifier },
);

/**
 * The history of one placement, in the order recorded: most often a life as it could have been, told in any order, with
 * facts beside it that contradict or correct it. Nearly always registered.
 */
export const placementHistories: fc.Arbitrary<readonly PlacementEvent[]> = fc
  .tuple(
    fc.option(registrations, { freq: 12 }),
    fc.option(lives, { nil: [], freq: 3 }),
    fc.array(anyDraft, { maxLength: 12 }),
  )
  .chain(([registration, life, drafts]) => {
    const all = [...(registration === null ? [] : [registration]), ...life, ...drafts];
    return fc.tuple(
      fc.shuffledSubarray(all, { minLength: all.length }),
      fc.array(envelope, { minLength: all.length, maxLength: all.length }),
    );
  })
  .map(([drafts, envelopes]) =>
    recorded(drafts.flatMap((draft, i) => (envelopes[i] === undefined ? [] : [[draft, envelopes[i]]]))),
  );

/** Histories in which little but corrections happens, of each other too: lines, branches and rings. */
export const correctedHistories: fc.Arbitrary<readonly PlacementEvent[]> = fc
  .tuple(
    fc.tuple(registrations, envelope),
    fc.array(
      fc.tuple(
        fc.oneof<fc.WeightedArbitrary<PlacementFact | ModifierDraft>[]>(
          { weight: 1, arbitrary: placementFacts },
          { weight: 3, arbitrary: modifier },
        ),
        envelope,
      ),
      { maxLength: 10 },
    ),
  )
  .map(([registration, drafts]) => recorded([registration, ...drafts]));

/** One to three placements of one person that may name each other as successors, under the ids they name. */
export const personHistories: fc.Arbitrary<
  readonly { readonly placementId: string; readonly events: readonly PlacementEvent[] }[]
> = fc
  .array(placementHistories, { minLength: 1, maxLength: PLACEMENTS.length })
  .map((histories) => histories.map((events, index) => ({ placementId: PLACEMENTS[index] ?? '', events })));

/** Events whose type or content is anything at all. */
export const junkEvents: fc.Arbitrary<readonly PlacementEvent[]> = fc
  .array(
    fc.tuple(
      envelope,
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          'constructor',
          'FactCorrected',
          'FactRetracted',
          'ContractSigned',
          'ContractEnded',
          'PlacementRegistered',
          'JobcoachAssigned',
          'ProefplaatsingStarted',
        ),
      ),
      fc.oneof(
        fc.anything(),
        fc.record({
          effectiveDate: fc.oneof(day, fc.anything()),
          plannedEnd: fc.anything(),
          inexact: fc.anything(),
          corrects: fc.anything(),
          replacement: fc.anything(),
          kind: fc.anything(),
        }),
      ),
    ),
    { maxLength: 8 },
  )
  .map((rows) =>
    rows.map(([how, type, data], index) => unchecked({ ...recorded([[JUNK, how]])[0], id: `j${index}`, type, data })),
  );

const JUNK = fact('BuddyAssigned', { effectiveDate: '2020-01-01' });

/** What a broken adapter would hand over: its type says PlacementEvent, its content does not. */
function unchecked(event: unknown): PlacementEvent {
  return event as PlacementEvent;
}
