import { hrOf, organisation, type Story } from './story';

const EMPLOYER = organisation(1002);
const AUTISM_SUPPORT = 'kvk:90020002';
const tell = hrOf(1002);

/**
 * A waterschap looks for the right department until it is found. One worker began at permits, came to P&O, and lately
 * took the Harrie training to guide others. Another is in his third department and has support from outside; his room to
 * study is no fact of the placement. When anything happened, and what contracts they have, is left open.
 */
const registration = {
  effectiveDate: '2017~',
  employer: EMPLOYER,
  sector: 'waterschappen',
  region: 'AM27',
  hoursPerWeek: 28,
  arrangement: 'ownEmployment',
  postOrigin: 'regular',
  aboveFormation: false,
  budget: 'central',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
  assumed: ['hoursPerWeek', 'postOrigin', 'aboveFormation', 'budget', 'registrationKind'],
} as const;
const contract = { effectiveDate: '2017~', form: 'publiekrechtelijk', assumed: ['form', 'plannedEnd'] } as const;

export const waterschap: Story = {
  title: 'Waterschap: the search for the right department',
  peildatum: '2019-01-15',
  messages: [
    tell('placement-registered', 'advisor', { ...registration, person: 'P1' }),
    tell('contract-signed', 'advisor', contract),
    tell('work-changed', 'advisor', { effectiveDate: '2017~', departmentCode: 'permits' }),
    tell('work-changed', 'advisor', { effectiveDate: '2018-Q2~', departmentCode: 'personnel' }),
    tell('training-completed', 'advisor', { effectiveDate: '2018-12~', training: 'harrie', by: 'worker' }),
    tell('work-changed', 'advisor', { effectiveDate: '2019-01~', taskCode: 'guiding-others' }),
    tell('placement-registered', 'assistant', { ...registration, person: 'P2' }),
    tell('contract-signed', 'assistant', contract),
    tell('jobcoach-assigned', 'assistant', {
      effectiveDate: '2017~',
      kind: 'external',
      level: 'midden',
      provider: AUTISM_SUPPORT,
      assumed: ['level'],
    }),
    tell('work-changed', 'assistant', {
      effectiveDate: '2017~',
      departmentCode: 'group-staff',
      taskCode: 'administration',
    }),
    tell('work-changed', 'assistant', { effectiveDate: '2018-Q1~', departmentCode: 'digital-information' }),
    tell('work-changed', 'assistant', { effectiveDate: '2018-Q3~', departmentCode: 'land-affairs' }),
  ],
  placements: {
    advisor: {
      phases: ['employment 2017-07-02..'],
      timeline: {
        trainings: [{ training: 'harrie', by: 'worker', date: '2018-12-16' }],
        work: [
          { from: '2017-07-02', value: { departmentCode: 'permits' } },
          { from: '2018-05-16', value: { departmentCode: 'personnel' } },
          { from: '2019-01-16', value: { departmentCode: 'personnel', taskCode: 'guiding-others' } },
        ],
      },
    },
    assistant: {
      phases: ['employment 2017-07-02..'],
      timeline: {
        work: [
          { from: '2017-07-02', value: { departmentCode: 'group-staff', taskCode: 'administration' } },
          { from: '2018-02-14', value: { departmentCode: 'digital-information', taskCode: 'administration' } },
          { from: '2018-08-15', value: { departmentCode: 'land-affairs', taskCode: 'administration' } },
        ],
      },
    },
  },
  chains: [['2017-07-02 inWork advisor'], ['2017-07-02 inWork assistant']],
};
