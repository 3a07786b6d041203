import { hrOf, organisation, type Story } from './story';

const MUNICIPALITY = organisation(1011);
const PROVINCE = organisation(2011);
const tell = hrOf(1011);
const tellProvince = hrOf(2011);

/**
 * Five public employers of one region share a pool of trainees with a higher education. The first year is for learning;
 * in the second one may, not must, move to another assignment or organisation, and then to a regular job. Each employer
 * pays its own trainees, the training comes out of a common pot. One began in August at a municipality, with a colleague
 * beside her who took the Harrie training; two are at the province, of whom one is told, as moving to the municipality
 * in a second year that is assumed and still to come.
 */
const registration = {
  region: 'AM08',
  hoursPerWeek: 32,
  arrangement: 'ownEmployment',
  postOrigin: 'functiecreatie',
  aboveFormation: true,
  budget: 'shared',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
  assumed: ['hoursPerWeek', 'postOrigin', 'aboveFormation'],
} as const;
const traineeship = { form: 'publiekrechtelijk', effectiveDate: '2018-08-01~', assumed: ['form'] } as const;

export const trainees: Story = {
  title: 'Trainees: one pool of five employers',
  peildatum: '2019-01-15',
  messages: [
    tell('placement-registered', 'neighbourhood', {
      ...registration,
      person: 'P1',
      effectiveDate: '2018-08',
      employer: MUNICIPALITY,
      sector: 'gemeenten',
    }),
    tell('contract-signed', 'neighbourhood', { ...traineeship, plannedEnd: '2020-07-31~' }),
    tell('training-completed', 'neighbourhood', { effectiveDate: '2018-Q3~', training: 'harrie', by: 'buddy' }),
    tell('buddy-assigned', 'neighbourhood', { effectiveDate: '2018-08' }),
    tell('work-changed', 'neighbourhood', {
      effectiveDate: '2018-08',
      departmentCode: 'neighbourhoods',
      taskCode: 'participation-toolbox',
    }),
    tellProvince('placement-registered', 'province', {
      ...registration,
      person: 'P2',
      effectiveDate: '2018-08~',
      employer: PROVINCE,
      sector: 'provincies',
    }),
    tellProvince('contract-signed', 'province', { ...traineeship, plannedEnd: '2019-07-31~' }),
    tellProvince('employment-continued', 'province', {
      effectiveDate: '2019-07-31~',
      endCode: '91',
      lastDay: '2019-07-31~',
      successorEmployment: 'second-year',
    }),
    tellProvince('placement-registered', 'second-year', {
      ...registration,
      person: 'P2',
      effectiveDate: '2019-08-01~',
      employer: MUNICIPALITY,
      sector: 'gemeenten',
    }),
    tellProvince('contract-signed', 'second-year', {
      ...traineeship,
      effectiveDate: '2019-08-01~',
      plannedEnd: '2020-07-31~',
    }),
  ],
  placements: {
    neighbourhood: {
      phases: ['employment 2018-08-01.. (planned: 2020-07-31)'],
      timeline: {
        trainings: [{ training: 'harrie', by: 'buddy', date: '2018-08-15' }],
        support: [{ kind: 'buddy', firstDay: '2018-08-16', lastDay: null, grantsUntil: [] }],
      },
    },
    province: {
      phases: ['employment 2018-08-01..2019-07-31 (planned: 2019-07-31)'],
      notices: ['endCodeOutsideItsDates'],
    },
    'second-year': { phases: ['employment 2019-08-01.. (planned: 2020-07-31)'] },
  },
  chains: [['2018-08-01 inWork neighbourhood'], ['2018-08-01 inWork province']],
};
