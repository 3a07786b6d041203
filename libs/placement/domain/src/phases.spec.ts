import { contractEnded, fact, given, registered, signed, told, type Story } from '@bestendig/testing';
import type { Fact, PlacementFactData } from '.';

const verdicts = (...facts: Story): readonly string[] =>
  given(registered(), ...facts)
    .verdicts()
    .slice(1);
const timeline = (...facts: Story) => given(registered(), ...facts).timeline();

const stage = (effectiveDate: string, plannedEnd?: string): Fact =>
  fact('StageStarted', { effectiveDate, ...(plannedEnd === undefined ? {} : { plannedEnd }) });
const stageEnded = (effectiveDate: string): Fact => fact('StageEnded', { effectiveDate });

describe('what starts and ends (stage, werkervaringsplek, proefplaatsing, leave, jobcoach, buddy)', () => {
  test('a start without an end goes on', () => {
    expect(timeline(stage('2023-01-01', '2023-03-31')).phases).toEqual([
      { kind: 'stage', firstDay: '2023-01-01', lastDay: null, plannedEnd: '2023-03-31' },
    ]);
  });
  test('an end belongs to the latest start on or before it', () => {
    const { phases } = timeline(
      stage('2023-01-01'),
      stageEnded('2023-03-31'),
      stage('2023-06-01'),
      stageEnded('2023-06-01'),
    );
    expect(phases.map(({ firstDay, lastDay }) => [firstDay, lastDay])).toEqual([
      ['2023-01-01', '2023-03-31'],
      ['2023-06-01', '2023-06-01'],
    ]);
  });
  test('an end without a start waits for it', () => {
    expect(verdicts(stageEnded('2023-03-31'))).toEqual(['parked: notStarted']);
    expect(verdicts(stageEnded('2023-03-31'), stage('2023-04-01'))).toEqual(['parked: notStarted', 'stands']);
    expect(verdicts(stageEnded('2023-03-31'), stage('2023-03-31'))).toEqual(['stands', 'stands']);
  });
  test('of several ends the lowest rank stands', () => {
    expect(verdicts(stage('2023-01-01'), stageEnded('2023-03-31'), stageEnded('2023-02-28'))).toEqual([
      'stands',
      'stands',
      'parked: otherFactStands because of e3',
    ]);
  });
  test('each interval has its own ends', () => {
    const facts = [
      stage('2023-01-01'),
      stageEnded('2023-03-31'),
      stageEnded('2023-02-28'),
      stage('2023-06-01'),
      stageEnded('2023-07-31'),
      stageEnded('2023-08-31'),
    ];
    expect(verdicts(...facts)).toEqual([
      'stands',
      'stands',
      'parked: otherFactStands because of e3',
      'stands',
      'stands',
      'parked: otherFactStands because of e6',
    ]);
  });
  test('a second start while the first still runs waits for its end', () => {
    expect(verdicts(stage('2023-01-01'), stage('2023-03-01'))).toEqual([
      'stands',
      'parked: alreadyRunning because of e2',
    ]);
    expect(verdicts(stage('2023-01-01'), stage('2023-03-01'), stageEnded('2023-02-28'))).toEqual([
      'stands',
      'stands',
      'stands',
    ]);
    expect(verdicts(stage('2023-01-01'), stage('2023-03-01'), stageEnded('2023-03-01'))).toEqual([
      'stands',
      'parked: alreadyRunning because of e2',
      'stands',
    ]);
  });
  test('after its planned end it no longer runs', () => {
    expect(verdicts(stage('2023-01-01', '2023-02-28'), stage('2023-03-01'))).toEqual(['stands', 'stands']);
    expect(verdicts(stage('2023-01-01', '2023-03-01'), stage('2023-03-01'))).toEqual([
      'stands',
      'parked: alreadyRunning because of e2',
    ]);
  });
  test('of two starts on one day the lower rank stands', () => {
    expect(verdicts(stage('2023-01-01', '2023-02-28'), stage('2023-01-01'))).toEqual([
      'stands',
      'parked: otherFactStands because of e2',
    ]);
  });
  test('kinds do not touch each other', () => {
    const facts: Story = [
      stage('2023-01-01'),
      fact('WerkervaringsplekStarted', { effectiveDate: '2023-01-02' }),
      fact('BuddyAssigned', { effectiveDate: '2023-01-03' }),
      fact('EmploymentInterrupted', { effectiveDate: '2023-01-04', kind: 'sickness' }),
      fact('WerkervaringsplekEnded', { effectiveDate: '2023-02-28' }),
      fact('BuddyEnded', { effectiveDate: '2023-03-31' }),
    ];
    expect(verdicts(...facts)).toEqual(facts.map(() => 'stands'));
    expect(timeline(...facts).phases.map(({ kind, lastDay }) => [kind, lastDay])).toEqual([
      ['stage', null],
      ['werkervaringsplek', '2023-02-28'],
    ]);
    expect(timeline(...facts).support).toEqual([
      { kind: 'buddy', firstDay: '2023-01-03', lastDay: '2023-03-31', grantsUntil: [] },
    ]);
  });
});

test('phases come by first day, with employment among them', () => {
  const { phases } = timeline(
    signed('2023-04-01'),
    stage('2023-01-01', '2023-02-28'),
    contractEnded('2023-12-31'),
    trial('2023-03-01', '2023-03-31'),
  );
  expect(phases.map(({ kind, firstDay, lastDay }) => [kind, firstDay, lastDay])).toEqual([
    ['stage', '2023-01-01', null],
    ['proefplaatsing', '2023-03-01', null],
    ['employment', '2023-04-01', '2023-12-31'],
  ]);
});

function trial(effectiveDate: string, plannedEnd: string, authority: 'uwv' | 'gemeente' = 'uwv'): Fact {
  return fact('ProefplaatsingStarted', { effectiveDate, plannedEnd, authority });
}
const prolonged = (effectiveDate: string, plannedEnd: string): Fact =>
  fact('ProefplaatsingExtended', { effectiveDate, plannedEnd });
const trialEnded = (effectiveDate: string, converted = false): Fact =>
  fact('ProefplaatsingEnded', { effectiveDate, converted });

describe('proefplaatsing (DOMAIN 1.2)', () => {
  test.each(['uwv', 'gemeente'] as const)('%s: 2 months and 4 more are allowed, 2 and 5 are not', (authority) => {
    const start = trial('2024-01-01', '2024-02-29', authority);
    expect(verdicts(start, prolonged('2024-03-01', '2024-06-30'))).toEqual(['stands', 'stands']);
    expect(verdicts(start, prolonged('2024-03-01', '2024-07-01'))).toEqual(['stands', 'parked: proefplaatsingTooLong']);
    expect(verdicts(start, prolonged('2024-03-01', '2024-07-31'))).toEqual(['stands', 'parked: proefplaatsingTooLong']);
  });
  test('more than 6 months at once is too long, and its end then has no start', () => {
    expect(verdicts(trial('2018-01-15', '2018-07-14', 'gemeente'))).toEqual(['stands']);
    expect(verdicts(trial('2018-01-15', '2018-07-15', 'gemeente'), trialEnded('2018-07-15'))).toEqual([
      'parked: proefplaatsingTooLong',
      'parked: notStarted',
    ]);
  });
  test('extensions add up', () => {
    const start = trial('2024-01-01', '2024-02-29');
    expect(verdicts(start, prolonged('2024-03-01', '2024-04-30'), prolonged('2024-05-01', '2024-06-30'))).toEqual([
      'stands',
      'stands',
      'stands',
    ]);
    expect(verdicts(start, prolonged('2024-03-01', '2024-04-30'), prolonged('2024-05-01', '2024-08-31'))).toEqual([
      'stands',
      'stands',
      'parked: proefplaatsingTooLong',
    ]);
  });
  test('days between a planned end and the extension after it are not counted', () => {
    const start = trial('2024-01-01', '2024-02-29');
    expect(verdicts(start, prolonged('2024-03-11', '2024-07-10'))).toEqual(['stands', 'stands']);
    expect(verdicts(start, prolonged('2024-03-11', '2024-07-11'))).toEqual(['stands', 'parked: proefplaatsingTooLong']);
  });
  test('such days add up', () => {
    const twice = (plannedEnd: string) => [
      trial('2024-01-01', '2024-02-29'),
      prolonged('2024-03-11', '2024-04-30'),
      prolonged('2024-05-06', plannedEnd),
    ];
    expect(verdicts(...twice('2024-07-15'))).toEqual(['stands', 'stands', 'stands']);
    expect(verdicts(...twice('2024-07-16'))).toEqual(['stands', 'stands', 'parked: proefplaatsingTooLong']);
  });
  test('an extension may begin on the last day recorded', () => {
    expect(
      verdicts(trial('2024-01-01', '2024-02-29'), trialEnded('2024-02-15'), prolonged('2024-02-15', '2024-04-30')),
    ).toEqual(['stands', 'stands', 'stands']);
  });
  test('an extension needs a proefplaatsing that has not ended, and is one a day', () => {
    expect(verdicts(prolonged('2024-03-01', '2024-04-30'))).toEqual(['parked: notStarted']);
    expect(verdicts(prolonged('2024-03-01', '2024-04-30'), trial('2024-01-01', '2024-02-29'))).toEqual([
      'stands',
      'stands',
    ]);
    expect(
      verdicts(trial('2024-01-01', '2024-02-29'), trialEnded('2024-02-15'), prolonged('2024-03-01', '2024-04-30')),
    ).toEqual(['stands', 'stands', 'parked: notStarted']);
    expect(
      verdicts(
        trial('2024-01-01', '2024-02-29'),
        prolonged('2024-03-01', '2024-04-30'),
        prolonged('2024-03-01', '2024-03-31'),
      ),
    ).toEqual(['stands', 'stands', 'parked: otherFactStands because of e3']);
  });
  test('its end says whether a contract followed', () => {
    const { phases } = timeline(
      trial('2024-01-01', '2024-02-29'),
      prolonged('2024-03-01', '2024-03-31'),
      trialEnded('2024-03-15', true),
    );
    expect(phases).toEqual([
      {
        kind: 'proefplaatsing',
        firstDay: '2024-01-01',
        lastDay: '2024-03-15',
        plannedEnd: '2024-03-31',
        converted: true,
      },
    ]);
  });
  test('dates of its own that contradict each other', () => {
    expect(verdicts(trial('2024-02-01', '2024-01-31'), prolonged('2024-03-01', '2024-02-01'))).toEqual([
      'parked: datesContradict',
      'parked: datesContradict',
    ]);
  });
});

describe('interruptions', () => {
  const away = (effectiveDate: string, kind: PlacementFactData['EmploymentInterrupted']['kind'] = 'sickness'): Fact =>
    fact('EmploymentInterrupted', { effectiveDate, kind });
  const back = (effectiveDate: string): Fact => fact('EmploymentResumed', { effectiveDate });

  test('end on the day before the first day back', () => {
    expect(timeline(away('2023-05-01'), back('2023-05-15')).interruptions).toEqual([
      { kind: 'sickness', firstDay: '2023-05-01', lastDay: '2023-05-14' },
    ]);
    expect(timeline(away('2023-05-01', 'unpaidLeave')).interruptions).toEqual([
      { kind: 'unpaidLeave', firstDay: '2023-05-01', lastDay: null },
    ]);
  });
  test('back and away again on one day', () => {
    const { interruptions } = timeline(away('2023-05-01'), back('2023-05-15'), away('2023-05-15', 'paidLeave'));
    expect(interruptions.map(({ firstDay, lastDay }) => [firstDay, lastDay])).toEqual([
      ['2023-05-01', '2023-05-14'],
      ['2023-05-15', null],
    ]);
  });
  test('nobody is back on the day of leaving', () => {
    expect(verdicts(away('2023-05-01'), back('2023-05-01'))).toEqual(['stands', 'parked: notStarted']);
  });
});

describe('jobcoach', () => {
  type Assigned = PlacementFactData['JobcoachAssigned'];
  const assigned = (effectiveDate: string, o: Partial<Assigned> = {}): Fact =>
    fact('JobcoachAssigned', { effectiveDate, kind: 'external', level: 'midden', ...o });
  const ended = (effectiveDate: string, kind: Assigned['kind'] = 'external'): Fact =>
    fact('JobcoachEnded', { effectiveDate, kind });

  test('half-year grants that follow each other are one period', () => {
    const { support } = timeline(
      assigned('2023-01-01', { grantUntil: '2023-06-30' }),
      assigned('2023-07-01', { grantUntil: '2023-12-31' }),
      ended('2023-11-30'),
    );
    expect(support).toEqual([
      {
        kind: 'jobcoachExternal',
        firstDay: '2023-01-01',
        lastDay: '2023-11-30',
        level: 'midden',
        grantsUntil: ['2023-06-30', '2023-12-31'],
      },
    ]);
  });
  test('a grant that has lapsed is followed by a new period', () => {
    const { support } = timeline(
      assigned('2023-01-01', { grantUntil: '2023-06-30' }),
      assigned('2023-09-01', { grantUntil: '2024-02-29' }),
    );
    expect(support.map(({ firstDay, lastDay, grantsUntil }) => [firstDay, lastDay, grantsUntil])).toEqual([
      ['2023-01-01', null, ['2023-06-30']],
      ['2023-09-01', null, ['2024-02-29']],
    ]);
  });
  test('another level or provider takes over', () => {
    const { support } = timeline(
      assigned('2023-01-01', { grantUntil: '2023-06-30', providerId: 'a' }),
      assigned('2023-05-01', { level: 'licht', providerId: 'a' }),
    );
    expect(support).toEqual([
      {
        kind: 'jobcoachExternal',
        firstDay: '2023-01-01',
        lastDay: '2023-04-30',
        level: 'midden',
        providerId: 'a',
        grantsUntil: ['2023-06-30'],
      },
      {
        kind: 'jobcoachExternal',
        firstDay: '2023-05-01',
        lastDay: null,
        level: 'licht',
        providerId: 'a',
        grantsUntil: [],
      },
    ]);
  });
  test('the same again without a grant is already running; of two grants from one day the lower rank stands', () => {
    expect(verdicts(assigned('2023-01-01'), assigned('2023-05-01'))).toEqual([
      'stands',
      'parked: alreadyRunning because of e2',
    ]);
    const grant = { grantUntil: '2023-12-31' };
    expect(
      verdicts(
        assigned('2023-01-01', { grantUntil: '2023-06-30' }),
        assigned('2023-07-01', grant),
        told(assigned('2023-07-01', grant), {}),
      ),
    ).toEqual(['stands', 'stands', 'parked: otherFactStands because of e3']);
  });
  test('external and internal run beside each other', () => {
    const { support } = timeline(
      assigned('2023-01-01'),
      assigned('2023-02-01', { kind: 'internal', level: 'licht' }),
      ended('2023-06-30', 'internal'),
    );
    expect(support.map(({ kind, lastDay }) => [kind, lastDay])).toEqual([
      ['jobcoachExternal', null],
      ['jobcoachInternal', '2023-06-30'],
    ]);
    expect(verdicts(assigned('2023-01-01'), ended('2023-06-30', 'internal'))).toEqual(['stands', 'parked: notStarted']);
  });
});
