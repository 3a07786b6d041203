import { hrOf, organisation, type Story } from './story';

const EMPLOYER = organisation(1004);
const EXPERTISE_CENTRE = 'kvk:90040002';
const tell = hrOf(1004);

/**
 * A provincie hired somebody through an open vacancy that said for whom it was fit, at a front office. Her contract is
 * permanent by now, paid from a central budget; her tasks were widened, so that she is not behind a screen all day. An
 * expertise centre provides the jobcoach. The training that she follows is not completed, and no fact yet. All dates are
 * left open.
 */
export const provincie: Story = {
  title: 'Provincie: from a temporary to a permanent contract',
  peildatum: '2019-01-15',
  messages: [
    tell('placement-registered', 'front-office', {
      person: 'P1',
      effectiveDate: '2016~',
      employer: EMPLOYER,
      sector: 'provincies',
      region: 'AM03',
      hoursPerWeek: 24,
      arrangement: 'ownEmployment',
      postOrigin: 'regular',
      aboveFormation: false,
      budget: 'central',
      registrationKind: 'newJob',
      inTargetGroup: 'yes',
      assumed: ['hoursPerWeek', 'aboveFormation'],
    }),
    tell('contract-signed', 'front-office', {
      effectiveDate: '2016~',
      form: 'publiekrechtelijk',
      plannedEnd: '2017-07-01~',
      assumed: ['form'],
    }),
    tell('contract-extended', 'front-office', { effectiveDate: '2017-07-02~', plannedEnd: '2018-07-01~' }),
    tell('contract-made-permanent', 'front-office', { effectiveDate: '2018-Q2~' }),
    tell('work-changed', 'front-office', {
      effectiveDate: '2016~',
      departmentCode: 'subsidies-purchasing',
      taskCode: 'administration',
    }),
    tell('work-changed', 'front-office', { effectiveDate: '2018~', taskCode: 'policy-support' }),
    tell('jobcoach-assigned', 'front-office', {
      effectiveDate: '2016~',
      kind: 'external',
      level: 'licht',
      provider: EXPERTISE_CENTRE,
      assumed: ['level'],
    }),
  ],
  placements: {
    'front-office': {
      phases: ['employment 2016-07-01..'],
      timeline: {
        work: [
          { from: '2016-07-01', value: { departmentCode: 'subsidies-purchasing', taskCode: 'administration' } },
          { from: '2018-07-02', value: { departmentCode: 'subsidies-purchasing', taskCode: 'policy-support' } },
        ],
      },
    },
  },
  chains: [['2016-07-01 inWork front-office']],
};
