import {
  contractEnded,
  extended,
  fact,
  given,
  hiredByInlener,
  moment,
  placementFacts,
  placementHistories,
  registered,
  signed,
  told,
  type Story,
} from '@bestendig/testing';
import fc from 'fast-check';
import {
  COMMANDS,
  decide,
  factOf,
  PLACEMENT_RULE_CODES,
  PlacementRuleError,
  timeline,
  type Fact,
  type FactCorrected,
  type PlacementCommand,
  type PlacementFact,
} from '.';

const registration = registered();
function dataOf<Type extends Fact['type']>(type: Type, one: Fact): Extract<Fact, { type: Type }>['data'];
function dataOf(type: Fact['type'], one: Fact): unknown {
  if (one.type !== type) throw new Error(`expected a ${type}`);
  return one.data;
}
const register: PlacementCommand = { type: 'RegisterPlacement', data: dataOf('PlacementRegistered', registration) };
const end = (effectiveDate: string, endCode?: string): PlacementCommand => ({
  type: 'EndContract',
  data: { effectiveDate, ...(endCode === undefined ? {} : { endCode }) },
});
const correct = (eventId: string, replacement: PlacementFact): PlacementCommand & { data: FactCorrected } => ({
  type: 'CorrectFact',
  data: { effectiveDate: '2023-05-01', corrects: { eventId }, replacement },
});
const retract = (eventId: string): PlacementCommand => ({
  type: 'RetractFact',
  data: { effectiveDate: '2023-05-01', retracts: { eventId }, reason: 'recordedInError' },
});
const discard = (eventId: string): PlacementCommand => ({
  type: 'DiscardFact',
  data: { effectiveDate: '2023-05-01', discards: { eventId }, reason: 'cannotBeResolved' },
});
const hours = (hoursPerWeek: number): PlacementFact => ({
  type: 'HoursChanged',
  data: { effectiveDate: '2023-05-01', hoursPerWeek },
});

describe('registering', () => {
  test('an unknown placement is registered, also where facts of HR came before', () => {
    given().when(register).then(registration);
    given(contractEnded('2023-06-30')).when(register).then(registration);
  });
  test('twice is refused, with the event that stands', () => {
    expect(given(registration).when(register).thenRefuses('alreadyRegistered').because).toBe('e1');
  });
  test('again after the first was retracted', () => {
    const retraction = fact('FactRetracted', {
      effectiveDate: '2023-01-01',
      retracts: { eventId: 'e1' },
      reason: 'recordedInError',
    });
    given(registration, retraction).when(register).then(registration);
  });
  test('shares of inleners sum to 1', () => {
    const shared = (...shares: readonly number[]): PlacementCommand => ({
      type: 'RegisterPlacement',
      data: {
        ...dataOf('PlacementRegistered', registration),
        inleners: shares.map((share, i) => ({ employerId: `kvk:${i}`, share })),
      },
    });
    given()
      .when(shared(0.3333, 0.3333, 0.3333))
      .then(factOf(shared(0.3333, 0.3333, 0.3333)));
    given().when(shared(0.5, 0.4)).thenRefuses('inlenersSharesNotOne');
    given().when(shared(1.5, -0.5)).thenRefuses('inlenersSharesNotOne');
    given(registration)
      .when({
        type: 'ChangeArrangement',
        data: { effectiveDate: '2023-01-01', arrangement: 'uitzend', inleners: [{ employerId: 'kvk:2', share: 0.9 }] },
      })
      .thenRefuses('inlenersSharesNotOne');
  });
});

describe('what HR would find parked is refused to a person', () => {
  test.each<readonly [PlacementCommand, PlacementRuleError['code'], Story]>([
    [end('2023-06-30'), 'notRegistered', []],
    [end('2023-06-30'), 'noContract', [registration]],
    [end('2023-06-30'), 'otherFactStands', [registration, signed('2023-01-01'), contractEnded('2023-05-31')]],
    [
      { type: 'SignContract', data: { effectiveDate: '2023-06-01', form: 'payroll' } },
      'contractRunning',
      [registration, signed('2023-01-01')],
    ],
    [{ type: 'ExtendContract', data: { effectiveDate: '2023-06-01' } }, 'noContractToExtend', [registration]],
    [
      { type: 'MakeContractPermanent', data: { effectiveDate: '2023-06-01' } },
      'alreadyPermanent',
      [registration, signed('2023-01-01')],
    ],
    [{ type: 'EndStage', data: { effectiveDate: '2023-06-01' } }, 'notStarted', [registration]],
    [
      { type: 'AssignBuddy', data: { effectiveDate: '2023-06-01' } },
      'alreadyRunning',
      [registration, fact('BuddyAssigned', { effectiveDate: '2023-01-01' })],
    ],
    [
      { type: 'RecordHiringByInlener', data: { effectiveDate: '2023-06-01', employerId: 'kvk:9' } },
      'noInlener',
      [registration],
    ],
    [
      { type: 'StartStage', data: { effectiveDate: '2023-06-01', plannedEnd: '2023-05-31' } },
      'datesContradict',
      [registration],
    ],
    [{ type: 'ChangeHours', data: { effectiveDate: 'tomorrow', hoursPerWeek: 8 } }, 'unreadable', [registration]],
  ])('%j: %s', (command, code, facts) => {
    given(...facts)
      .when(command)
      .thenRefuses(code);
  });

  test('a person comes after all that was reported, and before what does not say when', () => {
    const other = fact('HoursChanged', { effectiveDate: '2023-05-01', hoursPerWeek: 20 });
    const change: PlacementCommand = { type: 'ChangeHours', data: { effectiveDate: '2023-05-01', hoursPerWeek: 30 } };
    given(registration, other).when(change).thenRefuses('otherFactStands');
    given(registration, told(other, { reportedAt: null }))
      .when(change)
      .then(hours(30));
    expect(decide(change, given(registration, other).timeline(), moment(1).replace('00.0', '30.0')).events).toEqual([
      hours(30),
    ]);
  });
});

describe('proefplaatsing', () => {
  const start = (
    plannedEnd: string,
    authority: 'uwv' | 'gemeente',
    effectiveDate = '2024-01-01',
  ): PlacementCommand => ({
    type: 'StartProefplaatsing',
    data: { effectiveDate, plannedEnd, authority },
  });
  const running = fact('ProefplaatsingStarted', {
    effectiveDate: '2024-01-01',
    plannedEnd: '2024-02-29',
    authority: 'gemeente',
  });
  const extend = (plannedEnd: string): PlacementCommand => ({
    type: 'ExtendProefplaatsing',
    data: { effectiveDate: '2024-03-01', plannedEnd },
  });

  test('2 months and 4 more is accepted, 2 and 5 refused', () => {
    given(registration, running)
      .when(extend('2024-06-30'))
      .then(factOf(extend('2024-06-30')));
    given(registration, running).when(extend('2024-07-31')).thenRefuses('proefplaatsingTooLong');
  });
  test('at once: UWV up to 6 months, a gemeente up to 2 since 1-7-2023', () => {
    given(registration)
      .when(start('2024-06-30', 'uwv'))
      .then(factOf(start('2024-06-30', 'uwv')));
    given(registration).when(start('2024-07-01', 'uwv')).thenRefuses('proefplaatsingTooLong');
    given(registration).when(start('2024-03-31', 'gemeente')).thenRefuses('proefplaatsingFirstPeriodTooLong');
    given(registration)
      .when(start('2023-03-31', 'gemeente', '2023-01-01'))
      .then(factOf(start('2023-03-31', 'gemeente', '2023-01-01')));
  });
});

describe('end codes', () => {
  const running = given(registration, signed('2019-01-01'));
  test('must be listed, and exist on the last day', () => {
    running.when(end('2023-06-30', '77')).thenRefuses('endCodeUnlisted');
    running.when(end('2022-12-31', '92')).thenRefuses('endCodeOutsideItsDates');
    running.when(end('2023-01-01', '92')).then(factOf(end('2023-01-01', '92')));
  });
});

describe('correcting, retracting, discarding', () => {
  const one = given(registration, hours(20), contractEnded('2023-06-30'));

  test('a fact is corrected, and a corrected one again', () => {
    one.when(correct('e2', hours(30))).then(factOf(correct('e2', hours(30))));
    const corrected = given(registration, hours(20), factOf(correct('e2', hours(30))));
    corrected.when(correct('e2', hours(36))).then(factOf(correct('e2', hours(36))));
    corrected.when(correct('e3', hours(36))).then(factOf(correct('e3', hours(36))));
  });
  test('what takes its place must stand, and keep the rules', () => {
    one.when(correct('e2', { type: 'BuddyEnded', data: { effectiveDate: '2023-01-01' } })).thenRefuses('notStarted');
    one
      .when(
        correct('e2', {
          type: 'ProefplaatsingStarted',
          data: { effectiveDate: '2024-01-01', plannedEnd: '2024-04-30', authority: 'gemeente' },
        }),
      )
      .thenRefuses('proefplaatsingFirstPeriodTooLong');
  });
  test('what is not in this placement is refused', () => {
    one.when(correct('e9', hours(30))).thenRefuses('eventUnknown');
    one.when(retract('e9')).thenRefuses('eventUnknown');
    one.when(discard('e9')).thenRefuses('eventUnknown');
  });
  test('what was retracted or discarded is not touched again; its retraction is retracted', () => {
    const retracted = given(registration, hours(20), factOf(retract('e2')));
    retracted.when(correct('e2', hours(30))).thenRefuses('alreadyTakenOut');
    expect(retracted.when(retract('e2')).thenRefuses('alreadyTakenOut').because).toBe('e3');
    retracted.when(retract('e3')).then(factOf(retract('e3')));
    retracted.when(correct('e3', hours(30))).thenRefuses('cannotReplaceModifier');
  });
  test('only a parked fact is discarded', () => {
    one.when(discard('e3')).then(factOf(discard('e3')));
    one.when(discard('e2')).thenRefuses('factNotParked');
    given(registration, contractEnded('2023-06-30'), factOf(discard('e2')))
      .when(discard('e2'))
      .thenRefuses('factNotParked');
  });
  test('a person may retract the registration; the rest then waits for another', () => {
    given(registration, hours(20))
      .when(retract('e1'))
      .then(factOf(retract('e1')));
  });
});

test('what a person should look at comes with the decision', () => {
  const three = [
    signed('2021-01-01', '2021-12-31'),
    extended('2022-01-01', '2022-12-31'),
    extended('2023-01-01', '2023-12-31'),
  ];
  const fourth: PlacementCommand = {
    type: 'ExtendContract',
    data: { effectiveDate: '2024-01-01', plannedEnd: '2024-12-31' },
  };
  expect(
    given(registration, ...three)
      .when(fourth)
      .then(factOf(fourth)).notices,
  ).toEqual([{ code: 'permanentByKeten', date: '2024-01-01' }]);
  expect(given(registration).when(end('2023-01-01')).thenRefuses('noContract').message).not.toContain('2023');
});

test('an inlener may be hired by its inlener', () => {
  const detached = registered({ arrangement: 'detacheringIndividual' });
  const command: PlacementCommand = {
    type: 'RecordHiringByInlener',
    data: { effectiveDate: '2023-06-01', employerId: 'kvk:9' },
  };
  given(detached).when(command).then(hiredByInlener('2023-06-01', 'kvk:9'));
});

test('every fact has one command', () => {
  expect(new Set(Object.values(COMMANDS)).size).toBe(Object.keys(COMMANDS).length);
  expect(PLACEMENT_RULE_CODES).toHaveLength(new Set(PLACEMENT_RULE_CODES).size);
});

test('on any history: what is accepted then stands, and what is refused would not, or breaks a rule for persons', () => {
  const OWN_RULES: readonly string[] = [
    'proefplaatsingFirstPeriodTooLong',
    'endCodeUnlisted',
    'endCodeOutsideItsDates',
    'inlenersSharesNotOne',
    'alreadyTakenOut',
  ];
  const names = Object.entries(COMMANDS);
  const commandOf = (one: Fact): PlacementCommand =>
    JSON.parse(JSON.stringify({ type: names.find(([, type]) => type === one.type)?.[0], data: one.data }));
  fc.assert(
    fc.property(placementHistories, placementFacts, fc.option(fc.nat(20)), (events, one, correcting) => {
      const target = correcting === null ? undefined : events[correcting % Math.max(1, events.length)];
      const command = target === undefined ? commandOf(one) : correct(target.id, one);
      const moments = { recordedAt: '2026-01-01T00:00:00.000000Z', reportedAt: '2026-01-01T00:00:00.000000Z' };
      const then = timeline([
        ...events,
        { ...factOf(command), ...moments, id: 'new', source: null, messageId: 'new', byPerson: true },
      ]);
      const verdict = then.facts.find(({ eventId }) => eventId === 'new');
      try {
        decide(command, timeline(events));
        expect(verdict?.verdict).toBe('stands');
      } catch (error) {
        if (!(error instanceof PlacementRuleError)) throw error;
        if (!OWN_RULES.includes(error.code)) expect(verdict?.verdict).not.toBe('stands');
      }
    }),
    { numRuns: 200 },
  );
});
