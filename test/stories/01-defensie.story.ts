import { hrOf, organisation, type Story } from './story';

const AGENCY = 'kvk:90010001';
const RIDING_SCHOOL = organisation(1001);
const tell = hrOf(9001);

/**
 * Two workers look after the horses of a riding school of Defensie, through an uitzendbureau that also provides the
 * jobcoach. One is good with the animals and works 32 hours; the other with the heavy work, and his hours are left open.
 * The jobcoach was needed much at first and little now. Until when their contracts run is left open.
 */
const registration = {
  effectiveDate: '2018-02',
  employer: AGENCY,
  sector: 'markt',
  region: 'AM06',
  arrangement: 'uitzend',
  inleners: [{ employer: RIDING_SCHOOL, share: 1 }],
  postOrigin: 'functiecreatie',
  aboveFormation: false,
  budget: 'department',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
} as const;
const assumed = ['region', 'postOrigin', 'aboveFormation', 'budget'] as const;

const lifeOf = (employment: string, taskCode: string) => [
  tell('contract-signed', employment, { effectiveDate: '2018-02', form: 'uitzend', assumed: ['plannedEnd'] }),
  tell('work-changed', employment, { effectiveDate: '2018-02~', departmentCode: 'manege', taskCode }),
  tell('jobcoach-assigned', employment, {
    effectiveDate: '2018-02',
    kind: 'external',
    level: 'intensief',
    provider: AGENCY,
  }),
  tell('jobcoach-assigned', employment, {
    effectiveDate: '2018-12~',
    kind: 'external',
    level: 'licht',
    provider: AGENCY,
  }),
];

export const defensie: Story = {
  title: 'Defensie: two grooms through an uitzendbureau',
  peildatum: '2019-01-15',
  messages: [
    tell('placement-registered', 'groom-1', { ...registration, person: 'P1', hoursPerWeek: 32, assumed }),
    ...lifeOf('groom-1', 'horses'),
    tell('placement-registered', 'groom-2', {
      ...registration,
      person: 'P2',
      hoursPerWeek: 24,
      assumed: [...assumed, 'hoursPerWeek'],
    }),
    ...lifeOf('groom-2', 'heavy-work'),
  ],
  placements: {
    'groom-1': {
      phases: ['employment 2018-02-14..'],
      timeline: {
        hoursPerWeek: [{ from: '2018-02-14', value: 32 }],
        support: [
          {
            kind: 'jobcoachExternal',
            firstDay: '2018-02-14',
            lastDay: '2018-12-15',
            level: 'intensief',
            providerId: AGENCY,
            grantsUntil: [],
          },
          {
            kind: 'jobcoachExternal',
            firstDay: '2018-12-16',
            lastDay: null,
            level: 'licht',
            providerId: AGENCY,
            grantsUntil: [],
          },
        ],
        arrangement: [
          {
            from: '2018-02-14',
            value: { arrangement: 'uitzend', inleners: [{ employerId: RIDING_SCHOOL, share: 1 }] },
          },
        ],
      },
    },
    'groom-2': {
      phases: ['employment 2018-02-14..'],
      timeline: { work: [{ from: '2018-02-14', value: { departmentCode: 'manege', taskCode: 'heavy-work' } }] },
    },
  },
  chains: [['2018-02-14 inWork groom-1'], ['2018-02-14 inWork groom-2']],
};
