import {
  addDays,
  DISCARD_REASONS,
  RETRACTION_REASONS,
  type Fact,
  type FactReference,
  type PlacementEvent,
  type PlacementFact,
} from '@bestendig/placement-domain';
import fc from 'fast-check';
import { PLACEMENTS, placementFacts, registrations, turningDays, TURNING_DAYS } from './fact-arbitraries';
import { fact } from './given';

/**
 * Random histories of placements, made to collide: few days, few sources, few moments, so that facts contradict each
 * other, arrive late and in any order, and are corrected and retracted in lines and rings. All are well formed; what is
 * not is in `junkEvents`.
 */

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
      arbitrary: fc.tuple(turningDays, placementFacts).map(
        ([effectiveDate, replacement]) =>
          (corrects: FactReference) =>
            fact('FactCorrected', { effectiveDate, corrects, replacement }),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(turningDays, fc.constantFrom(...RETRACTION_REASONS)).map(
        ([effectiveDate, reason]) =>
          (retracts: FactReference) =>
            fact('FactRetracted', { effectiveDate, retracts, reason }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(turningDays, fc.constantFrom(...DISCARD_REASONS)).map(
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
          effectiveDate: fc.oneof(turningDays, fc.anything()),
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

/** What compares, adds and prints itself only by throwing, and yet is JSON. */
const UNSPEAKABLE: unknown = { toString: 1, valueOf: 1 };
const spoilt = fc.oneof(
  { weight: 3, arbitrary: fc.constant(UNSPEAKABLE) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>([UNSPEAKABLE], null, '', 0, [], {}) },
  { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<unknown> },
);

/** Histories in which some fields of some facts, wherever they stand, hold what they never may; all of it is JSON. */
export const spoiltHistories: fc.Arbitrary<readonly PlacementEvent[]> = fc
  .tuple(fc.oneof(placementHistories, correctedHistories), fc.array(fc.tuple(fc.nat(1_000), spoilt), { maxLength: 8 }))
  .map(([events, changes]) =>
    events.map((event, index) => {
      const mine = changes.filter(([at]) => events.length > 0 && at % events.length === index);
      return unchecked(
        mine.reduce((spoiling, [at, value]) => withValueAt(spoiling, at, value), { ...event } as object),
      );
    }),
  );

/** Puts a value in the place of the type, of the data or of something in it. */
function withValueAt(event: object, at: number, value: unknown): object {
  const copy = structuredClone(event) as { data?: unknown };
  const places: (() => void)[] = [() => void Object.assign(copy, { type: value }), () => void (copy.data = value)];
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const [key, inner] of Object.entries(holder)) {
      places.push(() => void Object.assign(holder, { [key]: value }));
      visit(inner);
    }
  };
  visit(copy.data);
  places[(at * 31) % places.length]?.();
  return copy;
}

const JUNK = fact('BuddyAssigned', { effectiveDate: '2020-01-01' });

/** What a broken adapter would hand over: its type says PlacementEvent, its content does not. */
function unchecked(event: unknown): PlacementEvent {
  return event as PlacementEvent;
}
