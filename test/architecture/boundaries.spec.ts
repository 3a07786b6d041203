import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

type Plant = { readonly name: string; readonly expected: boolean; readonly caught: boolean; readonly other: readonly string[] };

const root = join(__dirname, '../..');
const plants = JSON.parse(
  execFileSync(process.execPath, [join(__dirname, 'planted-violations.mjs')], { cwd: root, env: { ...process.env, NX_DAEMON: 'false' }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
) as readonly Plant[]; // prettier-ignore

test('the plants cover every project against every other', () => {
  expect(plants.length).toBeGreaterThan(150);
});

test('every forbidden import that is planted is caught, by the rule that is there for it', () => {
  expect(plants.filter((plant) => plant.expected && !plant.caught).map((plant) => plant.name)).toEqual([]);
});

test('every import the picture allows is let through', () => {
  expect(plants.filter((plant) => !plant.expected && (plant.caught || plant.other.length > 0)).map((plant) => plant.name)).toEqual([]);
});
