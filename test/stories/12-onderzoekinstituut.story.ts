import { hrOf, organisation, type Story } from './story';

const CLEANING_COMPANY = 'kvk:90120001';
const INSTITUTE = organisation(1012);
const tellCompany = hrOf(9012);
const tell = hrOf(1012);

/**
 * A research institute buys its cleaning from the leerwerkbedrijf of the city. One of the cleaners has led others since
 * 2012; since when she is at the institute is left open, and whether she is in the doelgroepregister as well. The
 * institute registers her as somebody already in the job. It also employs people outside the target group.
 */
export const onderzoekinstituut: Story = {
  title: 'Onderzoekinstituut: cleaning that is bought, and somebody outside the target group',
  peildatum: '2019-01-15',
  messages: [
    tellCompany('placement-registered', 'cleaner', {
      person: 'P1',
      effectiveDate: '2018-01-01~',
      employer: CLEANING_COMPANY,
      sector: 'gemeenten',
      region: 'AM18',
      hoursPerWeek: 32,
      arrangement: 'inkoop',
      inleners: [{ employer: INSTITUTE, share: 1 }],
      postOrigin: 'regular',
      aboveFormation: false,
      budget: 'department',
      registrationKind: 'existingWorker',
      inTargetGroup: 'unknown',
      assumed: ['sector', 'hoursPerWeek', 'budget'],
    }),
    tellCompany('contract-signed', 'cleaner', { effectiveDate: '2012', form: 'wsw', assumed: ['form', 'plannedEnd'] }),
    tellCompany('work-changed', 'cleaner', { effectiveDate: '2012', taskCode: 'leads-cleaners' }),
    tellCompany('work-changed', 'cleaner', { effectiveDate: '2015~', locationCode: 'institute' }),
    tell('placement-registered', 'facilities', {
      person: 'P2',
      effectiveDate: '2016~',
      employer: INSTITUTE,
      sector: 'onderzoekinstellingen',
      region: 'AM18',
      hoursPerWeek: 24,
      arrangement: 'ownEmployment',
      postOrigin: 'regular',
      aboveFormation: false,
      budget: 'department',
      registrationKind: 'newJob',
      inTargetGroup: 'no',
      assumed: ['hoursPerWeek', 'postOrigin', 'budget'],
    }),
    tell('contract-signed', 'facilities', {
      effectiveDate: '2016~',
      form: 'arbeidsovereenkomst',
      assumed: ['form', 'plannedEnd'],
    }),
  ],
  placements: {
    cleaner: {
      phases: ['employment 2012-07-01..'],
      timeline: {
        work: [
          { from: '2012-07-01', value: { taskCode: 'leads-cleaners' } },
          { from: '2015-07-02', value: { taskCode: 'leads-cleaners', locationCode: 'institute' } },
        ],
      },
    },
    facilities: { phases: ['employment 2016-07-01..'] },
  },
  chains: [['2012-07-01 inWork cleaner'], ['2016-07-01 inWork facilities']],
};
