import { hrOf, organisation, type Story } from './story';

const AGENCY = 'kvk:90050001';
const COACHES = 'kvk:90050002';
const POLICE = organisation(1005);
const tell = hrOf(9005);

/**
 * A team of four watches camera images for the police: a project begun in March 2017 with a sector fund's subsidy, its
 * workers on the payroll of an agency that lends them out, the jobcoach from a third organisation. At first some left;
 * why is not told. In which region the first team works is left open. The police would rather employ them itself, but
 * that is a wish and no fact. Another unit of the police did hire two; told here as one who was hired.
 */
const registration = {
  effectiveDate: '2017-03',
  employer: AGENCY,
  sector: 'markt',
  region: 'AM18',
  arrangement: 'detacheringIndividual',
  inleners: [{ employer: POLICE, share: 1, team: 'camera-images' }],
  hoursPerWeek: 24,
  postOrigin: 'functiecreatie',
  aboveFormation: true,
  budget: 'subsidy',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
  assumed: ['region', 'hoursPerWeek', 'aboveFormation'],
} as const;
const contract = { effectiveDate: '2017-03', form: 'arbeidsovereenkomst', assumed: ['form', 'plannedEnd'] } as const;

export const politie: Story = {
  title: 'Politie: a team lent out by an agency',
  peildatum: '2019-01-15',
  messages: [
    tell('placement-registered', 'watcher-1', { ...registration, person: 'P1' }),
    tell('contract-signed', 'watcher-1', contract),
    tell('jobcoach-assigned', 'watcher-1', {
      effectiveDate: '2017-03',
      kind: 'external',
      level: 'intensief',
      provider: COACHES,
      assumed: ['level'],
    }),
    tell('work-changed', 'watcher-1', {
      effectiveDate: '2017-03',
      departmentCode: 'regional-detectives',
      taskCode: 'camera-images',
    }),
    tell('placement-registered', 'watcher-2', { ...registration, person: 'P2' }),
    tell('contract-signed', 'watcher-2', contract),
    tell('contract-ended', 'watcher-2', { effectiveDate: '2017-Q3~' }),
    tell('placement-registered', 'watcher-3', { ...registration, person: 'P3' }),
    tell('contract-signed', 'watcher-3', contract),
    tell('hired-by-inlener', 'watcher-3', {
      effectiveDate: '2018-10-01~',
      employer: POLICE,
      successorEmployment: 'forensics',
    }),
    tell('placement-registered', 'forensics', {
      ...registration,
      person: 'P3',
      effectiveDate: '2018-10-01~',
      employer: POLICE,
      sector: 'politie',
      arrangement: 'ownEmployment',
      inleners: undefined,
      aboveFormation: false,
      budget: 'department',
      assumed: ['region', 'hoursPerWeek', 'aboveFormation', 'budget'],
    }),
    tell('contract-signed', 'forensics', {
      effectiveDate: '2018-10-01~',
      form: 'publiekrechtelijk',
      assumed: ['form', 'plannedEnd'],
    }),
  ],
  placements: {
    'watcher-1': {
      phases: ['employment 2017-03-16..'],
      timeline: {
        support: [
          {
            kind: 'jobcoachExternal',
            firstDay: '2017-03-16',
            lastDay: null,
            level: 'intensief',
            providerId: COACHES,
            grantsUntil: [],
          },
        ],
        arrangement: [
          {
            from: '2017-03-16',
            value: {
              arrangement: 'detacheringIndividual',
              inleners: [{ employerId: POLICE, share: 1, team: 'camera-images' }],
            },
          },
        ],
      },
    },
    'watcher-2': { phases: ['employment 2017-03-16..2017-08-15'] },
    'watcher-3': { phases: ['employment 2017-03-16..'] },
    forensics: { phases: ['employment 2018-10-01..'] },
  },
  chains: [
    ['2017-03-16 inWork watcher-1'],
    ['2017-03-16 inWork watcher-2', '2017-08-16 otherUnknown watcher-2'],
    ['2017-03-16 inWork watcher-3', '2018-10-01 inWork forensics'],
  ],
};
