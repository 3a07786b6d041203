import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
// The files of the tree as committed and as about to be; what git ignores is nobody's business.
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
const projects = files.filter((file) => file.endsWith('/project.json')).map((file) => file.slice(0, -'/project.json'.length));
const bannedNames = new Set(['shared', 'common', 'core', 'utils', 'util', 'helpers', 'helper', 'misc']);

test('the top level is what was agreed', () => {
  const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
  expect([...folders].sort()).toEqual(['.ci', 'apps', 'docs', 'infra', 'libs', 'test']);
});

test('nothing is named after what it is not about', () => {
  expect(files.filter((file) => file.split(/[/.]/).some((part) => bannedNames.has(part)))).toEqual([]);
});

test.each(projects.filter((project) => project !== 'test'))('%s has a README of at most 20 lines', (project) => {
  const readme = join(root, project, 'README.md');
  expect(existsSync(readme)).toBe(true);
  expect(readFileSync(readme, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(20);
});

test('every alias of tsconfig.base.json leads to a file', () => {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8')) as { compilerOptions: { paths: Record<string, string[]> } };
  const missing = Object.entries(compilerOptions.paths).filter(([, [file]]) => file === undefined || !existsSync(join(root, file)));
  expect(missing).toEqual([]);
});

test('no test is switched off or run alone', () => {
  const specs = files.filter((file) => file.endsWith('.spec.ts') && !file.endsWith('layout.spec.ts'));
  const switchedOff = specs.filter((file) => /\b(describe|it|test)\.(skip|only|todo)\b|\bx(it|describe)\(/.test(readFileSync(join(root, file), 'utf8')));
  expect(switchedOff).toEqual([]);
});

test('decisions are numbered without a gap, one page each', () => {
  const records = readdirSync(join(root, 'infra/adr')).filter((name) => /^\d{4}-/.test(name)).sort();
  expect(records.map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, index) => index + 1));
  for (const name of records) expect(readFileSync(join(root, 'infra/adr', name), 'utf8').split('\n').length).toBeLessThanOrEqual(60);
});
