import { hrOf, organisation, type Story } from './story';

const EMPLOYER = organisation(1006);
const tell = hrOf(1006);

/**
 * A umc has one team look after beds and equipment for all wards, and every ward pays into one budget for it. The way in
 * is always the same: chosen beforehand by an agency, a proefplaatsing with UWV, a contract of half a year, and a
 * permanent one where there is reason to. One came in 2017 and is deputy of the team leader now, with tasks in the
 * administration besides; which contract he has by now is left open. For somebody else it did not work out.
 */
const registration = {
  employer: EMPLOYER,
  sector: 'umc',
  region: 'AM01',
  hoursPerWeek: 32,
  arrangement: 'ownEmployment',
  postOrigin: 'functiecreatie',
  aboveFormation: false,
  budget: 'shared',
  registrationKind: 'newJob',
  inTargetGroup: 'yes',
  assumed: ['hoursPerWeek', 'aboveFormation'],
} as const;

export const umc: Story = {
  title: 'Umc: proefplaatsing, half a year, and on',
  peildatum: '2019-01-15',
  messages: [
    tell('placement-registered', 'beds-1', { ...registration, person: 'P1', effectiveDate: '2017-05-01~' }),
    tell('proefplaatsing-started', 'beds-1', {
      effectiveDate: '2017-05-01~',
      authority: 'uwv',
      plannedEnd: '2017-06-30~',
      aim: 'employment',
    }),
    tell('proefplaatsing-ended', 'beds-1', { effectiveDate: '2017-06-30~', converted: true }),
    tell('contract-signed', 'beds-1', {
      effectiveDate: '2017-07-01~',
      form: 'arbeidsovereenkomst',
      plannedEnd: '2017-12-31~',
      assumed: ['form'],
    }),
    tell('contract-extended', 'beds-1', { effectiveDate: '2018-01-01~', assumed: ['plannedEnd'] }),
    tell('work-changed', 'beds-1', { effectiveDate: '2017-07-01~', departmentCode: 'equipment', taskCode: 'beds' }),
    tell('work-changed', 'beds-1', { effectiveDate: '2018~', taskCode: 'deputy-and-administration' }),
    tell('placement-registered', 'beds-2', { ...registration, person: 'P2', effectiveDate: '2018-03-01~' }),
    tell('proefplaatsing-started', 'beds-2', {
      effectiveDate: '2018-03-01~',
      authority: 'uwv',
      plannedEnd: '2018-04-30~',
    }),
    tell('proefplaatsing-ended', 'beds-2', { effectiveDate: '2018-04-30~', converted: false }),
  ],
  placements: {
    'beds-1': {
      phases: ['proefplaatsing 2017-05-01..2017-06-30 (planned: 2017-06-30) converted', 'employment 2017-07-01..'],
      timeline: {
        work: [
          { from: '2017-07-01', value: { departmentCode: 'equipment', taskCode: 'beds' } },
          { from: '2018-07-02', value: { departmentCode: 'equipment', taskCode: 'deputy-and-administration' } },
        ],
      },
    },
    // Not converted: no uitval, because there was no employment.
    'beds-2': { phases: ['proefplaatsing 2018-03-01..2018-04-30 (planned: 2018-04-30) not converted'] },
  },
  chains: [['2017-07-01 inWork beds-1']],
};
