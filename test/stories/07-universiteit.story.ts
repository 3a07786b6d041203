import { hrOf, organisation, type Story } from './story';

const EMPLOYER = organisation(1007);
const tell = hrOf(1007);

/**
 * A university places people with a higher education in teams that take work off the teaching staff. A structural central
 * budget pays for everything, so that the places can last. Guidance is the university's own: a buddy who took the Harrie
 * training in house. Two of a team are told: one went on from a project for its own students with a limitation, so he
 * began with a stage while he studied. Dates, hours and contracts are left open.
 */
const registration = {
  employer: EMPLOYER,
  sector: 'wo',
  region: 'AM08',
  hoursPerWeek: 24,
  arrangement: 'ownEmployment',
  postOrigin: 'functiecreatie',
  aboveFormation: true,
  budget: 'central',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
  assumed: ['hoursPerWeek', 'aboveFormation'],
} as const;
const contract = { form: 'publiekrechtelijk', assumed: ['form', 'plannedEnd'] } as const;

export const universiteit: Story = {
  title: 'Universiteit: teams that take work off others',
  peildatum: '2019-01-15',
  messages: [
    tell('placement-registered', 'team-1', { ...registration, person: 'P1', effectiveDate: '2018-Q1~' }),
    tell('contract-signed', 'team-1', { ...contract, effectiveDate: '2018-Q1~' }),
    tell('training-completed', 'team-1', { effectiveDate: '2017-12~', training: 'harrie', by: 'buddy' }),
    tell('buddy-assigned', 'team-1', { effectiveDate: '2018-Q1~' }),
    tell('work-changed', 'team-1', {
      effectiveDate: '2018-Q1~',
      departmentCode: 'participation-team',
      taskCode: 'ict',
    }),
    tell('placement-registered', 'team-2', {
      ...registration,
      person: 'P2',
      effectiveDate: '2018-02~',
      inTargetGroup: 'unknown',
    }),
    tell('stage-started', 'team-2', { effectiveDate: '2018-02~', plannedEnd: '2018-06~' }),
    tell('stage-ended', 'team-2', { effectiveDate: '2018-06~' }),
    tell('contract-signed', 'team-2', { ...contract, effectiveDate: '2018-09~' }),
    tell('buddy-assigned', 'team-2', { effectiveDate: '2018-09~' }),
  ],
  placements: {
    'team-1': {
      phases: ['employment 2018-02-14..'],
      timeline: {
        support: [{ kind: 'buddy', firstDay: '2018-02-14', lastDay: null, grantsUntil: [] }],
        trainings: [{ training: 'harrie', by: 'buddy', date: '2017-12-16' }],
      },
    },
    'team-2': { phases: ['stage 2018-02-14..2018-06-15 (planned: 2018-06-15)', 'employment 2018-09-15..'] },
  },
  chains: [['2018-02-14 inWork team-1'], ['2018-09-15 inWork team-2']],
};
