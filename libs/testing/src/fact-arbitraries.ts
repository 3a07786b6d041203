import {
  ARRANGEMENTS,
  CONTRACT_FORMS,
  DOORSTROOM_TO,
  END_CODES,
  INTERRUPTIONS,
  JOBCOACH_KINDS,
  JOBCOACH_LEVELS,
  OTHER_ENDS,
  PROEFPLAATSING_AUTHORITIES,
  UITVAL_CAUSES,
  type PlacementFact,
  type Precision,
} from '@bestendig/placement-domain';
import fc from 'fast-check';
import { fact } from './given';

/** Random facts about a placement on a few days, so that they meet; all well formed, most of them plausible by themselves. */

/** Days on which something turns (ends of months, first days, leap day), and their neighbours. */
export const TURNING_DAYS: readonly string[] = [
  '2019-06-30', '2019-07-01', '2019-12-31', '2020-01-01', '2020-02-29', '2020-03-01', '2020-06-30', '2020-07-01', '2020-12-31', '2021-01-01',
  '2021-06-30', '2021-07-01', '2021-07-02', '2021-12-31', '2022-01-01', '2022-06-30', '2022-07-01', '2022-12-31', '2023-01-01', '2023-03-15', '2023-07-01',
]; // prettier-ignore

export const turningDays = fc.constantFrom(...TURNING_DAYS);
const day = turningDays;
const EMPLOYERS = ['kvk:10000001', 'kvk:10000002'] as const;
/** Ids that continuations name. */
export const PLACEMENTS = [
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
