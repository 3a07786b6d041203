import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Command } from 'commander';

import { generateHistory } from './generate-history';
import { addGenerateCommand } from './generate.command';

const folder = mkdtempSync(join(tmpdir(), 'generate-'));
afterAll(() => rmSync(folder, { recursive: true }));

function program(): Command {
  const command = new Command('bestendig');
  addGenerateCommand(command);
  for (const one of [command, ...command.commands]) one.exitOverride().configureOutput({ writeErr: () => undefined });
  return command;
}

const run = (...options: readonly string[]): Promise<Command> => program().parseAsync(['generate', ...options], { from: 'user' });

test('writes the lines to a file, each with its line end', async () => {
  const file = join(folder, 'history.csv');
  await run('--placements', '40', '--seed', '9', '--out', file);
  expect(readFileSync(file, 'utf8')).toBe([...generateHistory({ placements: 40, seed: 9 })].map((line) => `${line}\n`).join(''));
});

test.each([
  ['--placements', 'many'],
  ['--placements', '-3'],
  ['--placements', '0'],
  ['--seed', '4294967296'],
  ['--errors', '1.5'],
])('says what is wrong with %s %s', async (option, value) => {
  await expect(run(option, value, '--out', join(folder, 'never.csv'))).rejects.toMatchObject({ exitCode: 1 });
});
