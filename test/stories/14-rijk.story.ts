import { hrOf, organisation, type Story } from './story';

const STATE = organisation(1014);
const MINISTRY_A = organisation(2014);
const MINISTRY_B = organisation(3014);
const ECONOMY = organisation(4014);
const AGRICULTURE = organisation(5014);
const tell = hrOf(1014);

/**
 * Ministries buy jobs in teams of ten to fifteen, which one programme of the Rijk employs, leads and coaches. They share
 * the jobs pro rata: when somebody leaves, no ministry loses a whole job. After a good year the contract is permanent,
 * but not all work lasts: an archive that has been scanned is finished. A team that prunes trees in Almere, asked for by
 * two ministries, began lately. Shares, hours and dates are left open.
 */
const teamOf = (team: string, shares: readonly (readonly [employer: string, share: number])[]) =>
  shares.map(([employer, share]) => ({ employer, share, team }));
const registration = {
  employer: STATE,
  sector: 'rijk',
  region: 'AM21',
  hoursPerWeek: 28,
  arrangement: 'detacheringGroup',
  inleners: teamOf('floors', [
    [MINISTRY_A, 0.5],
    [MINISTRY_B, 0.5],
  ]),
  postOrigin: 'functiecreatie',
  aboveFormation: true,
  budget: 'shared',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
  assumed: ['region', 'hoursPerWeek', 'inleners', 'aboveFormation'],
} as const;
const contract = { form: 'publiekrechtelijk', assumed: ['form'] } as const;
const coach = { kind: 'internal', level: 'midden', assumed: ['kind', 'level'] } as const;

export const rijk: Story = {
  title: 'Rijk: teams whose jobs ministries share',
  peildatum: '2019-01-31',
  messages: [
    tell('placement-registered', 'floors', { ...registration, person: 'P1', effectiveDate: '2017-04-01~' }),
    tell('contract-signed', 'floors', { ...contract, effectiveDate: '2017-04-01~', plannedEnd: '2018-03-31~' }),
    tell('contract-extended', 'floors', { effectiveDate: '2018-04-01~' }),
    tell('jobcoach-assigned', 'floors', { ...coach, effectiveDate: '2017-04-01~' }),
    tell('placement-registered', 'archive', {
      ...registration,
      person: 'P2',
      effectiveDate: '2017-09-01~',
      inleners: teamOf('archive', [
        [MINISTRY_A, 0.5],
        [MINISTRY_B, 0.5],
      ]),
    }),
    tell('contract-signed', 'archive', { ...contract, effectiveDate: '2017-09-01~', plannedEnd: '2018-08-31~' }),
    tell('work-changed', 'archive', { effectiveDate: '2017-09-01~', taskCode: 'scanning' }),
    tell('contract-ended', 'archive', { effectiveDate: '2018-08-31~' }),
    tell('uitval-recorded', 'archive', {
      effectiveDate: '2018-08-31~',
      cause: 'temporaryProjectEnded',
      lesson: 'structuralBudget',
      assumed: ['lesson'],
    }),
    // What is left of the jobs is shared anew.
    tell('arrangement-changed', 'floors', {
      effectiveDate: '2018-09-01~',
      arrangement: 'detacheringGroup',
      inleners: teamOf('floors', [
        [MINISTRY_A, 0.6],
        [MINISTRY_B, 0.4],
      ]),
      assumed: ['inleners'],
    }),
    tell('placement-registered', 'trees', {
      ...registration,
      person: 'P3',
      effectiveDate: '2018-11~',
      region: 'AM11',
      inleners: teamOf('trees', [
        [ECONOMY, 0.5],
        [AGRICULTURE, 0.5],
      ]),
      assumed: ['hoursPerWeek', 'inleners', 'aboveFormation'],
    }),
    tell('contract-signed', 'trees', { ...contract, effectiveDate: '2018-11~', plannedEnd: '2019-11~' }),
    tell('work-changed', 'trees', { effectiveDate: '2018-11~', taskCode: 'pruning', locationCode: 'forest' }),
  ],
  placements: {
    floors: {
      phases: ['employment 2017-04-01..'],
      timeline: {
        arrangement: [
          {
            from: '2017-04-01',
            value: {
              arrangement: 'detacheringGroup',
              inleners: [
                { employerId: MINISTRY_A, share: 0.5, team: 'floors' },
                { employerId: MINISTRY_B, share: 0.5, team: 'floors' },
              ],
            },
          },
          {
            from: '2018-09-01',
            value: {
              arrangement: 'detacheringGroup',
              inleners: [
                { employerId: MINISTRY_A, share: 0.6, team: 'floors' },
                { employerId: MINISTRY_B, share: 0.4, team: 'floors' },
              ],
            },
          },
        ],
        support: [
          { kind: 'jobcoachInternal', firstDay: '2017-04-01', lastDay: null, level: 'midden', grantsUntil: [] },
        ],
      },
    },
    archive: { phases: ['employment 2017-09-01..2018-08-31 (planned: 2018-08-31)'] },
    trees: { phases: ['employment 2018-11-15.. (planned: 2019-11-15)'] },
  },
  chains: [
    ['2017-04-01 inWork floors'],
    ['2017-09-01 inWork archive', '2018-09-01 uitval archive'],
    ['2018-11-15 inWork trees'],
  ],
};
