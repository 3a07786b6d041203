import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTestDatabase } from '@bestendig/testing';
import { createProgram } from './program';
import { checkSecret, readSecret } from './secret-key';
import { ENVIRONMENT_HELP, readSettings } from './settings';

test('an empty variable is one that is not set, and one without its form is named but never repeated', () => {
  expect(readSettings({ PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 8080, databaseUrl: undefined, host: '127.0.0.1', dataFolder: resolve('.bestendig') });
  for (const environment of [{ PORT: '65536' }, { PORT: 'x1y' }, { BESTENDIG_SECRET: 'x1y' }, { DATABASE_URL: 'x1y://' }, { LOG_LEVEL: 'x1y' }, { REBUILD_APPROVAL: 'x1y' }, { REBUILD_FROM: 'x1y' }]) {
    const [name = ''] = Object.keys(environment);
    expect(() => readSettings(environment)).toThrow(expect.objectContaining({ code: 'settingInvalid', message: expect.stringMatching(new RegExp(`^${name}(?!.*x1y)`)) as string }) as Error);
  }
});

test('help on start names every command, flag and variable', () => {
  let help = '';
  const program = createProgram();
  const start = program.commands.find((command) => command.name() === 'start');
  start?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  const flags = program.commands.flatMap((command) => command.options.map((option) => option.long ?? ''));
  expect(flags.length).toBeGreaterThan(6);
  for (const word of [...flags, ...program.commands.map((command) => command.name())]) expect(help).toContain(word);
  expect(help).toContain(ENVIRONMENT_HELP.trim());
  expect(help).toContain('a variable that is empty counts as not set');
  const read = readFileSync(join(__dirname, 'settings.ts'), 'utf8').matchAll(/given\('([A-Z_]+)'\)/g);
  for (const [, name = ''] of read) expect(help).toContain(name);
});

test('the secret is made once, readable by its owner alone; a database filled under another one is refused', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'secret-'));
  const settings = { ...readSettings({}), dataFolder };
  const secret = readSecret(settings);
  expect(readSecret(settings)).toEqual(secret);
  expect(statSync(join(dataFolder, 'secret.key')).mode & 0o777).toBe(0o600);
  const { url, drop } = await createTestDatabase();
  await Promise.all([checkSecret(url, secret), checkSecret(url, secret)]);
  await expect(checkSecret(url, Buffer.alloc(32))).rejects.toMatchObject({ code: 'secretDiffers' });
  await drop();
  writeFileSync(join(dataFolder, 'secret.key'), 'cut sho');
  expect(() => readSecret(settings)).toThrow(expect.objectContaining({ code: 'secretUnusable' }) as Error);
  rmSync(dataFolder, { recursive: true });
});
