import { hrOf, organisation, type Story } from './story';

const EMPLOYER = organisation(1003);
const tell = hrOf(1003);

/**
 * A roc creates places above its formation, for two years at most: then people move on, so that others get the chance.
 * One came at the beginning of 2018 to an exam office, works more hours than she had thought she could, and leads written
 * exams now. Of those before her, one left as agreed after two years (told with assumed dates) and one found a real
 * vacancy in the same roc: new employment, and a good end of the place above formation.
 */
const registration = {
  employer: EMPLOYER,
  sector: 'mbo',
  region: 'AM18',
  arrangement: 'ownEmployment',
  postOrigin: 'functiecreatie',
  aboveFormation: true,
  budget: 'central',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
} as const;
const temporary = { form: 'arbeidsovereenkomst', assumed: ['form'] } as const;

export const roc: Story = {
  title: 'Roc: places above formation that are meant to end',
  peildatum: '2019-01-15',
  messages: [
    tell('placement-registered', 'exams', {
      ...registration,
      person: 'P1',
      effectiveDate: '2018-Q1~',
      hoursPerWeek: 16,
      assumed: ['hoursPerWeek', 'budget'],
    }),
    tell('contract-signed', 'exams', { ...temporary, effectiveDate: '2018-Q1~', plannedEnd: '2020-01~' }),
    tell('jobcoach-assigned', 'exams', {
      effectiveDate: '2018-Q1~',
      kind: 'external',
      level: 'midden',
      assumed: ['level'],
    }),
    tell('work-changed', 'exams', {
      effectiveDate: '2018-Q1~',
      departmentCode: 'exam-office',
      taskCode: 'administration',
    }),
    tell('hours-changed', 'exams', { effectiveDate: '2018-10~', hoursPerWeek: 24, assumed: ['hoursPerWeek'] }),
    tell('work-changed', 'exams', { effectiveDate: '2018-Q4~', taskCode: 'leads-written-exams' }),
    tell('placement-registered', 'canteen', {
      ...registration,
      person: 'P2',
      effectiveDate: '2016-09-01~',
      hoursPerWeek: 20,
      assumed: ['hoursPerWeek', 'budget'],
    }),
    tell('contract-signed', 'canteen', { ...temporary, effectiveDate: '2016-09-01~', plannedEnd: '2018-08-31~' }),
    tell('contract-ended', 'canteen', { effectiveDate: '2018-08-31~' }),
    tell('placement-ended-otherwise', 'canteen', {
      effectiveDate: '2018-08-31~',
      kind: 'agreedOutflow',
      lastDay: '2018-08-31~',
    }),
    tell('placement-registered', 'concierge', {
      ...registration,
      person: 'P3',
      effectiveDate: '2016-09-01~',
      hoursPerWeek: 24,
      assumed: ['hoursPerWeek', 'budget'],
    }),
    tell('contract-signed', 'concierge', { ...temporary, effectiveDate: '2016-09-01~', plannedEnd: '2018-08-31~' }),
    tell('doorstroom-recorded', 'concierge', {
      effectiveDate: '2018-03-31~',
      to: 'sameEmployer',
      lastDay: '2018-03-31~',
    }),
    tell('placement-registered', 'vacancy', {
      ...registration,
      person: 'P3',
      effectiveDate: '2018-04-01~',
      hoursPerWeek: 24,
      postOrigin: 'regular',
      aboveFormation: false,
      budget: 'department',
      assumed: ['hoursPerWeek'],
    }),
    tell('contract-signed', 'vacancy', { ...temporary, effectiveDate: '2018-04-01~', plannedEnd: '2019-03-31~' }),
  ],
  placements: {
    exams: {
      phases: ['employment 2018-02-14.. (planned: 2020-01-16)'],
      timeline: {
        hoursPerWeek: [
          { from: '2018-02-14', value: 16 },
          { from: '2018-10-16', value: 24 },
        ],
        work: [
          { from: '2018-02-14', value: { departmentCode: 'exam-office', taskCode: 'administration' } },
          { from: '2018-11-15', value: { departmentCode: 'exam-office', taskCode: 'leads-written-exams' } },
        ],
      },
    },
    canteen: { phases: ['employment 2016-09-01..2018-08-31 (planned: 2018-08-31)'] },
    concierge: { phases: ['employment 2016-09-01..2018-03-31 (planned: 2018-08-31)'] },
    vacancy: { phases: ['employment 2018-04-01.. (planned: 2019-03-31)'] },
  },
  chains: [
    ['2018-02-14 inWork exams'],
    ['2016-09-01 inWork canteen', '2018-09-01 otherKnown canteen'],
    // Recorded as doorstroom, so the same employer on the very next day is not read as the same job going on.
    ['2016-09-01 inWork concierge', '2018-04-01 doorstroom concierge'],
    ['2018-04-01 inWork vacancy'],
  ],
};
