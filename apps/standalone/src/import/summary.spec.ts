import { Summary } from './summary';

const text = (summary: Summary): string => summary.text({ seconds: 2, rejectedFile: null, dryRun: false });

test('a file without a line is said to have had nothing in it', () => {
  expect(text(new Summary())).toMatch(/^0 lines read in 2 s: there was nothing in it to import\n/);
});

test('each line has one outcome, and the reasons of a repeated delivery are told once', () => {
  const summary = new Summary();
  summary.add('parked', 'noContract');
  summary.add('duplicate', 'noContract');
  expect(text(summary)).toMatch(/^2 lines read in 2 s, 1\/s\n/);
  expect(text(summary).match(/noContract/g)).toHaveLength(1);
});
