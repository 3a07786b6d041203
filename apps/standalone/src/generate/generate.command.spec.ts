import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Command } from 'commander';

import { generateHistory } from './generate-history';
import { addGenerateCommand } from './generate.command';

const folder = mkdtempSync(join(tmpdir(), 'generate-'));
afterAll(() => rmSync(folder, { recursive: true }));
const said = jest.spyOn(console, 'log').mockImplementation(() => undefined);

function program(): Command {
  const command = new Command('bestendig');
  addGenerateCommand(command);
  for (const one of [command, ...command.commands]) one.exitOverride().configureOutput({ writeErr: () => undefined });
  return command;
}

const run = (...options: readonly string[]): Promise<Command> => program().parseAsync(['generate', ...options], { from: 'user' });

test('writes the lines to a file, each with its line end, and says so', async () => {
  const file = join(folder, 'history.csv');
  await run('--placements', '40', '--seed', '9', '--out', file);
  const lines = [...generateHistory({ placements: 40, seed: 9 })];
  expect(readFileSync(file, 'utf8')).toBe(lines.map((line) => `${line}\n`).join(''));
  expect(said).toHaveBeenCalledWith(`Written: ${file}, ${lines.length} lines (placements=40 seed=9).`);
});

test('says in words why a file cannot be written', async () => {
  const writing = (file: string) => run('--placements', '1', '--out', file);
  await expect(writing(folder)).rejects.toMatchObject({ code: 'fileUnusable', message: `${folder} cannot be written: it is a folder.` });
  const nowhere = join(folder, 'nowhere', 'history.csv');
  await expect(writing(nowhere)).rejects.toMatchObject({ code: 'fileUnusable', message: `${nowhere} cannot be written: there is no such file or folder.` });
});

test.each([
  ['--placements', 'many'],
  ['--placements', '-3'],
  ['--placements', '0'],
  ['--seed', '4294967296'],
  ['--errors', '1.5'],
])('says what is wrong with %s %s, and leaves the file as it was', async (option, value) => {
  const file = join(folder, 'kept.csv');
  writeFileSync(file, 'kept');
  await expect(run(option, value, '--out', file)).rejects.toMatchObject({ exitCode: 1 });
  expect(readFileSync(file, 'utf8')).toBe('kept');
});
