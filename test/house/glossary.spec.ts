import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as domain from '@bestendig/placement-domain';

const root = join(__dirname, '../..');
const glossary = readFileSync(join(root, 'GLOSSARY.md'), 'utf8');
const facts = readFileSync(join(root, 'libs/placement/domain/src/facts.ts'), 'utf8');

const rows = glossary.split('\n').filter((line) => line.startsWith('|'));

/** What stands in backticks. */
const namedIn = (text: string): ReadonlySet<string> => new Set([...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code));

test('every fact type is named', () => {
  const types = [...facts.matchAll(/^ {2}readonly (\w+): \1;$/gm)].map(([, type = '']) => type);
  expect(types).toEqual(expect.arrayContaining(['PlacementRegistered', 'PlacementEndedOtherwise', 'FactDiscarded']));
  const named = namedIn(glossary);
  expect(types.filter((type) => !named.has(type))).toEqual([]);
});

const listsOfFacts = [...facts.matchAll(/^export const ([A-Z_]+) = \[/gm)].map(([, name = '']) => name);

test.each([...listsOfFacts, 'PARKED_REASONS', 'NOTICES'])('%s has a row that names each of its codes', (list) => {
  const codes: unknown = Reflect.get(domain, list);
  if (!Array.isArray(codes)) throw new Error(`${list} is no list of codes`);
  expect(codes.length).toBeGreaterThan(0);
  const named = namedIn(rows.find((row) => row.includes(`| \`${list}\` |`)) ?? '');
  expect([list, ...codes].filter((code) => !named.has(String(code)))).toEqual([]);
});

test('the lists of facts.ts were found', () => {
  expect(listsOfFacts).toEqual(expect.arrayContaining(['SECTORS', 'UITVAL_CAUSES', 'DISCARD_REASONS']));
});

test('every row has term, name in code, meaning, source, and what it is not to be confused with', () => {
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter((row) => row.split('|').length !== 7)).toEqual([]);
  const incomplete = rows.filter((row) => row.split('|').slice(1, 5).some((cell) => cell.trim() === ''));
  expect(incomplete).toEqual([]);
});

test('no term stands twice', () => {
  const terms = rows.filter((row) => /^\| (?!term )/.test(row)).map((row) => row.split('|')[1]?.trim());
  expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
});
