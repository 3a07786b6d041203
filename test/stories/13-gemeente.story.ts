import { hrOf, organisation, type Story } from './story';

const MUNICIPALITY = organisation(1013);
const OLD_COMPANY = 'kvk:90130001';
const NEW_ORGANISATION = 'kvk:90130002';
const tell = hrOf(1013);
const tellCompany = hrOf(9013);

/**
 * A gemeente and the leerwerkbedrijf work as one, and merge their departments into a new organisation. People get back
 * into a rhythm on a werkervaringsplek; a proefplaatsing may take three months at most, and the story finds that short.
 * Guidance is scarce at times, which does people no good: told as somebody for whom it ended by that. Somebody in the
 * company's own green works goes over to the new organisation with the merger, whose date is assumed.
 */
const registration = {
  region: 'AM17',
  hoursPerWeek: 24,
  arrangement: 'ownEmployment',
  postOrigin: 'jobcarving',
  aboveFormation: true,
  budget: 'department',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
  assumed: ['hoursPerWeek', 'aboveFormation', 'budget'],
} as const;
const neighbourhood = { ...registration, employer: MUNICIPALITY, sector: 'gemeenten' } as const;

export const gemeente: Story = {
  title: 'Gemeente: three months to show what one can, and a merger',
  peildatum: '2019-01-31',
  messages: [
    tell('placement-registered', 'harbours', { ...neighbourhood, person: 'P1', effectiveDate: '2017-01-01~' }),
    tell('werkervaringsplek-started', 'harbours', { effectiveDate: '2017-01-01~', plannedEnd: '2017-03-31~' }),
    tell('werkervaringsplek-ended', 'harbours', { effectiveDate: '2017-03-31~' }),
    tell('proefplaatsing-started', 'harbours', {
      effectiveDate: '2017-04-01~',
      authority: 'gemeente',
      plannedEnd: '2017-06-30~',
    }),
    tell('proefplaatsing-ended', 'harbours', { effectiveDate: '2017-06-30~', converted: true }),
    tell('contract-signed', 'harbours', {
      effectiveDate: '2017-07-01~',
      form: 'publiekrechtelijk',
      plannedEnd: '2018-06-30~',
      assumed: ['form'],
    }),
    tell('contract-extended', 'harbours', { effectiveDate: '2018-07-01~', plannedEnd: '2019-06-30~' }),
    tell('placement-registered', 'upkeep', { ...neighbourhood, person: 'P2', effectiveDate: '2017-10-01~' }),
    tell('proefplaatsing-started', 'upkeep', {
      effectiveDate: '2017-10-01~',
      authority: 'gemeente',
      plannedEnd: '2017-12-31~',
    }),
    tell('proefplaatsing-ended', 'upkeep', { effectiveDate: '2017-12-31~', converted: true }),
    tell('contract-signed', 'upkeep', {
      effectiveDate: '2018-01-01~',
      form: 'publiekrechtelijk',
      plannedEnd: '2018-12-31~',
      assumed: ['form'],
    }),
    tell('uitval-recorded', 'upkeep', {
      effectiveDate: '2018-08-31~',
      cause: 'employerGuidanceScarce',
      lesson: 'moreGuidance',
      lastDay: '2018-08-31~',
    }),
    tellCompany('placement-registered', 'green-works', {
      ...registration,
      person: 'P3',
      effectiveDate: '2015~',
      employer: OLD_COMPANY,
      sector: 'gemeenten',
    }),
    tellCompany('contract-signed', 'green-works', {
      effectiveDate: '2015~',
      form: 'arbeidsovereenkomst',
      assumed: ['form', 'plannedEnd'],
    }),
    tellCompany('employment-continued', 'green-works', {
      effectiveDate: '2018-12-31~',
      endCode: '91',
      lastDay: '2018-12-31~',
      successorEmployment: 'green-works-new',
    }),
    tellCompany('placement-registered', 'green-works-new', {
      ...registration,
      person: 'P3',
      effectiveDate: '2019-01-01~',
      employer: NEW_ORGANISATION,
      sector: 'gemeenten',
    }),
    tellCompany('contract-signed', 'green-works-new', {
      effectiveDate: '2019-01-01~',
      form: 'arbeidsovereenkomst',
      assumed: ['form', 'plannedEnd'],
    }),
  ],
  placements: {
    harbours: {
      phases: [
        'werkervaringsplek 2017-01-01..2017-03-31 (planned: 2017-03-31)',
        'proefplaatsing 2017-04-01..2017-06-30 (planned: 2017-06-30) converted',
        'employment 2017-07-01.. (planned: 2019-06-30)',
      ],
    },
    upkeep: {
      phases: [
        'proefplaatsing 2017-10-01..2017-12-31 (planned: 2017-12-31) converted',
        'employment 2018-01-01..2018-08-31 (planned: 2018-12-31)',
      ],
    },
    // Code 91 exists from 2023: it is read by what it says, and noticed.
    'green-works': { phases: ['employment 2015-07-02..2018-12-31'], notices: ['endCodeOutsideItsDates'] },
    'green-works-new': { phases: ['employment 2019-01-01..'] },
  },
  chains: [
    ['2017-07-01 inWork harbours'],
    ['2018-01-01 inWork upkeep', '2018-09-01 uitval upkeep'],
    // Overgang van onderneming: the same chain at another employer.
    ['2015-07-02 inWork green-works', '2019-01-01 inWork green-works-new'],
  ],
};
