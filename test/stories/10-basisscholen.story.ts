import { hrOf, organisation, type Story } from './story';

const SHELTERED_EMPLOYER = 'kvk:90100001';
const SCHOOLS = organisation(1010);
const tell = hrOf(9010);

/**
 * Schools for primary education share buildings with others and pay together for caretakers and concierges, who are lent
 * out by the Wsw company. One of them works at whatever location needs him: he stands in for a sick concierge, maintains
 * buildings, and came to the new building in August. In the summer holidays the work goes on. The shares of the payers and
 * the dates before August are left open: only the schools are told as inlener.
 */
export const basisscholen: Story = {
  title: 'Basisscholen: a pool of caretakers, paid together',
  peildatum: '2019-01-15',
  messages: [
    tell('placement-registered', 'caretaker', {
      person: 'P1',
      effectiveDate: '2017~',
      employer: SHELTERED_EMPLOYER,
      sector: 'gemeenten',
      region: 'AM25',
      hoursPerWeek: 32,
      arrangement: 'detacheringIndividual',
      inleners: [{ employer: SCHOOLS, share: 1, team: 'pool' }],
      postOrigin: 'jobcarving',
      aboveFormation: true,
      budget: 'shared',
      registrationKind: 'newJob',
      inTargetGroup: 'yes',
      assumed: ['sector', 'hoursPerWeek', 'inleners', 'aboveFormation'],
    }),
    tell('contract-signed', 'caretaker', { effectiveDate: '2017~', form: 'wsw', assumed: ['plannedEnd'] }),
    tell('work-changed', 'caretaker', { effectiveDate: '2017~', taskCode: 'maintenance', locationCode: 'several' }),
    tell('work-changed', 'caretaker', {
      effectiveDate: '2018-08',
      taskCode: 'caretaker-and-concierge',
      locationCode: 'new-building',
    }),
  ],
  placements: {
    caretaker: {
      phases: ['employment 2017-07-02..'],
      timeline: {
        work: [
          { from: '2017-07-02', value: { taskCode: 'maintenance', locationCode: 'several' } },
          { from: '2018-08-16', value: { taskCode: 'caretaker-and-concierge', locationCode: 'new-building' } },
        ],
      },
    },
  },
  chains: [['2017-07-02 inWork caretaker']],
};
