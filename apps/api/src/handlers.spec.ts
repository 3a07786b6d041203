import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Query } from '@nestjs/cqrs';
import { HANDLERS } from './handlers';

type Class = abstract new (...given: never[]) => unknown;
const isClass = (value: unknown): value is Class => typeof value === 'function' && /^class\s/.test(Function.prototype.toString.call(value));

/** Every class that the API's own files export. */
function exportedClasses(): readonly Class[] {
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && file !== 'main.ts');
  const modules = files.map((file): Record<string, unknown> => jest.requireActual(join(__dirname, file)));
  return [...new Set(modules.flatMap((exported) => Object.values(exported)).filter(isClass))];
}

const asked = exportedClasses().filter((one) => one.prototype instanceof Command || one.prototype instanceof Query);
const handledBy = (handler: Class): unknown => Reflect.getMetadata('__commandHandler__', handler) ?? Reflect.getMetadata('__queryHandler__', handler);

test('commands and queries are found', () => {
  expect(asked.map(({ name }) => name)).toEqual(expect.arrayContaining(['RecordHrFacts', 'RegisterPlacement', 'GetPlacement', 'ValidateHrFacts']));
});

test.each(asked.map((one) => [one.name, one] as const))('%s has exactly one handler', (_, one) => {
  expect(HANDLERS.filter((handler) => handledBy(handler) === one)).toHaveLength(1);
});

test('every handler is of a command or a query', () => {
  expect(HANDLERS.filter((handler) => !asked.some((one) => one === handledBy(handler)))).toEqual([]);
});
