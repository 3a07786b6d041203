import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DEMO_HISTORY, generateHistory } from '@bestendig/standalone';

import { calibrate, shown, tableRows, type Measured } from './calibration';

/**
 * Measures the demo's history by its lines alone, and holds it against the published figures. With PRINT=1 it prints
 * the table of docs/synthetic-data.md.
 */
describe('the synthetic history of the demo', () => {
  let measured: readonly Measured[] = [];

  beforeAll(() => {
    measured = calibrate(generateHistory(DEMO_HISTORY));
    if (process.env['PRINT'] === '1') process.stdout.write(`${tableRows(measured).join('\n')}\n`);
  });

  test('meets its aims within their tolerances', () => {
    const missed = measured.filter(({ value, low, high }) => !(value >= low && value <= high));
    expect(missed.map((row) => `${row.name}: ${shown(row)}`)).toEqual([]);
  });

  test('is what docs/synthetic-data.md says', () => {
    const docs = readFileSync(join(__dirname, '../../docs/synthetic-data.md'), 'utf8');
    expect(tableRows(measured).filter((row) => !docs.includes(row))).toEqual([]);
  });
});
