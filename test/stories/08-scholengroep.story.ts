import { hrOf, organisation, type Story } from './story';

const EMPLOYER = organisation(1008);
const tell = hrOf(1008);

/**
 * A group of schools takes its own pupils of praktijkonderwijs. A stage, unpaid, is used to try whether it fits; then the
 * pupil applies like anybody. The assistant of the story works in the grounds, with the animals and beside the concierge:
 * tasks gathered into one job, appointed by the board, paid above the schools. Internal jobcoaches guide. Where a stage
 * shows no match it ends there. All dates are left open.
 */
const registration = {
  employer: EMPLOYER,
  sector: 'vo',
  region: 'AM11',
  hoursPerWeek: 24,
  arrangement: 'ownEmployment',
  postOrigin: 'jobcarving',
  aboveFormation: true,
  budget: 'central',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
  assumed: ['hoursPerWeek'],
} as const;

export const scholengroep: Story = {
  title: 'Scholengroep: from pupil to colleague',
  peildatum: '2019-01-15',
  messages: [
    tell('placement-registered', 'assistant-1', { ...registration, person: 'P1', effectiveDate: '2017-Q1~' }),
    tell('stage-started', 'assistant-1', { effectiveDate: '2017-02-01~', plannedEnd: '2017-06-30~' }),
    tell('stage-ended', 'assistant-1', { effectiveDate: '2017-06-30~' }),
    tell('contract-signed', 'assistant-1', {
      effectiveDate: '2017-09-01~',
      form: 'publiekrechtelijk',
      plannedEnd: '2018-08-31~',
      assumed: ['form'],
    }),
    tell('contract-extended', 'assistant-1', { effectiveDate: '2018-09-01~', plannedEnd: '2019-08-31~' }),
    tell('training-completed', 'assistant-1', { effectiveDate: '2017~', training: 'harrie', by: 'jobcoach' }),
    tell('jobcoach-assigned', 'assistant-1', {
      effectiveDate: '2017-09-01~',
      kind: 'internal',
      level: 'midden',
      assumed: ['level'],
    }),
    tell('work-changed', 'assistant-1', {
      effectiveDate: '2017-09-01~',
      taskCode: 'grounds-and-concierge',
      locationCode: 'school-green',
    }),
    tell('placement-registered', 'assistant-2', { ...registration, person: 'P2', effectiveDate: '2018-02-01~' }),
    tell('stage-started', 'assistant-2', { effectiveDate: '2018-02-01~' }),
    tell('stage-ended', 'assistant-2', { effectiveDate: '2018-04-30~' }),
  ],
  placements: {
    'assistant-1': {
      phases: ['stage 2017-02-01..2017-06-30 (planned: 2017-06-30)', 'employment 2017-09-01.. (planned: 2019-08-31)'],
      timeline: {
        support: [
          { kind: 'jobcoachInternal', firstDay: '2017-09-01', lastDay: null, level: 'midden', grantsUntil: [] },
        ],
      },
    },
    'assistant-2': { phases: ['stage 2018-02-01..2018-04-30'] },
  },
  chains: [['2017-09-01 inWork assistant-1']],
};
