import { hrOf, organisation, type Story } from './story';

const EMPLOYER = organisation(1009);
const COFFEE_BAR = 'kvk:90090001';
const COACHES = 'kvk:90090002';
const tell = hrOf(1009);
const tellCoffeeBar = hrOf(9009);

/**
 * A hogeschool begins with two months of proefplaatsing, to see whether somebody is in the right place and what the
 * loonwaarde is; then a temporary appointment, and after two years a permanent one. A central budget pays. Told are: one
 * of the first (four and a half years ago), who came through; the newest, for goods reception, appointed in January from
 * a proefplaatsing; one who left for a better fitting job, of which the hogeschool is proud; and a barista of the sign
 * language coffee bar, whose work the hogeschool buys.
 */
const registration = {
  employer: EMPLOYER,
  sector: 'hbo',
  region: 'AM13',
  hoursPerWeek: 24,
  arrangement: 'ownEmployment',
  postOrigin: 'functiecreatie',
  aboveFormation: true,
  budget: 'central',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
  assumed: ['hoursPerWeek', 'aboveFormation'],
} as const;
const trial = { authority: 'uwv', aim: 'loonwaarde', assumed: ['authority'] } as const;
const appointment = { form: 'publiekrechtelijk', assumed: ['form'] } as const;

export const hogeschool: Story = {
  title: 'Hogeschool: two months, two years, permanent',
  peildatum: '2019-01-31',
  messages: [
    tell('placement-registered', 'first', { ...registration, person: 'P1', effectiveDate: '2014-09~' }),
    tell('proefplaatsing-started', 'first', { ...trial, effectiveDate: '2014-09-01~', plannedEnd: '2014-10-31~' }),
    tell('proefplaatsing-ended', 'first', { effectiveDate: '2014-10-31~', converted: true }),
    tell('contract-signed', 'first', { ...appointment, effectiveDate: '2014-11-01~', plannedEnd: '2016-10-31~' }),
    tell('contract-extended', 'first', { effectiveDate: '2016-11-01~' }),
    tell('jobcoach-assigned', 'first', {
      effectiveDate: '2014-11-01~',
      kind: 'external',
      level: 'midden',
      provider: COACHES,
      assumed: ['level'],
    }),
    tell('placement-registered', 'goods', { ...registration, person: 'P2', effectiveDate: '2018-11-01~' }),
    tell('proefplaatsing-started', 'goods', { ...trial, effectiveDate: '2018-11-01~', plannedEnd: '2018-12-31~' }),
    tell('proefplaatsing-ended', 'goods', { effectiveDate: '2018-12-31~', converted: true }),
    tell('contract-signed', 'goods', { ...appointment, effectiveDate: '2019-01-01~', plannedEnd: '2020-12-31~' }),
    tell('placement-registered', 'left', { ...registration, person: 'P3', effectiveDate: '2016-01-01~' }),
    tell('contract-signed', 'left', { ...appointment, effectiveDate: '2016-01-01~', plannedEnd: '2017-12-31~' }),
    tell('contract-ended', 'left', { effectiveDate: '2017-06-30~' }),
    tell('doorstroom-recorded', 'left', { effectiveDate: '2017-06-30~', to: 'otherEmployer' }),
    tellCoffeeBar('placement-registered', 'barista', {
      ...registration,
      person: 'P4',
      effectiveDate: '2018-Q3',
      employer: COFFEE_BAR,
      sector: 'markt',
      arrangement: 'inkoop',
      inleners: [{ employer: EMPLOYER, share: 1 }],
      aboveFormation: false,
      budget: 'department',
      assumed: ['hoursPerWeek', 'budget'],
    }),
    tellCoffeeBar('contract-signed', 'barista', {
      effectiveDate: '2018-Q3',
      form: 'arbeidsovereenkomst',
      assumed: ['form', 'plannedEnd'],
    }),
  ],
  placements: {
    first: {
      phases: ['proefplaatsing 2014-09-01..2014-10-31 (planned: 2014-10-31) converted', 'employment 2014-11-01..'],
    },
    goods: {
      phases: [
        'proefplaatsing 2018-11-01..2018-12-31 (planned: 2018-12-31) converted',
        'employment 2019-01-01.. (planned: 2020-12-31)',
      ],
    },
    left: { phases: ['employment 2016-01-01..2017-06-30 (planned: 2017-12-31)'] },
    barista: {
      phases: ['employment 2018-08-15..'],
      timeline: {
        arrangement: [
          { from: '2018-08-15', value: { arrangement: 'inkoop', inleners: [{ employerId: EMPLOYER, share: 1 }] } },
        ],
      },
    },
  },
  chains: [
    ['2014-11-01 inWork first'],
    ['2019-01-01 inWork goods'],
    // An end without a code would be one of which nobody knows why: the explicit fact says that it was a step up.
    ['2016-01-01 inWork left', '2017-07-01 doorstroom left'],
    ['2018-08-15 inWork barista'],
  ],
};
