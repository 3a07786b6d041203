import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, launch, until, type Built, type Ended } from './built';
import { DataFolders, historyText, readKept } from './data-folder';

const folders = new DataFolders();
let built: Built;
let history: string;

beforeAll(async () => {
  built = await build();
  history = historyText({ placements: 300, seed: 11, errors: 0.01 });
}, 60_000);
afterAll(async () => {
  await folders.removeAll();
  built.remove();
});

async function folderWithHistory(): Promise<string> {
  const folder = await folders.make();
  writeFileSync(join(folder, 'history.csv'), history);
  return folder;
}

const run = (folder: string, args: readonly string[], input?: string) => launch(built.main, args, { BESTENDIG_DATA: folder }, input);
const summaryOf = ({ stdout }: Ended): string => stdout.replace(/ read in .*$/m, '');

test('an import attaches to a running server, whose API then knows the facts; the same bytes from standard input are the same delivery', async () => {
  const folder = await folderWithHistory();
  const server = run(folder, ['start']);
  const [, url = ''] = await until(server, /is up: (http:\S+)/);
  expect(await run(folder, ['import', 'history.csv']).ended).toMatchObject({ code: 0 });
  const placements = (await (await fetch(`${url}/v1/placements?limit=5`)).json()) as { readonly items?: readonly unknown[] };
  expect(JSON.stringify(placements)).toMatch(/"placementId"/);
  const piped = await run(folder, ['import', '-'], history).ended;
  expect(piped).toMatchObject({ code: 0 });
  expect(piped.stdout).toMatch(/ {2}accepted +1,/);
  expect(readFileSync(join(folder, 'stdin.rejected.csv'), 'utf8')).toBe(readFileSync(join(folder, 'history.csv.rejected.csv'), 'utf8'));
  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0 });
  expect(readdirSync(join(folder, 'spool'))).toEqual([]);
});

test('an import that is stopped by Ctrl-C says how to go on, stops its database, and goes on', async () => {
  const folder = await folderWithHistory();
  const whole = summaryOf(await run(await folderWithHistory(), ['import', 'history.csv']).ended);
  const stopped = run(folder, ['import', 'history.csv']);
  while (!existsSync(join(folder, 'history.csv.rejected.csv'))) await sleep(5);
  stopped.child.kill('SIGINT');
  const ended = await stopped.ended;
  if (ended.code !== 0) expect(ended).toMatchObject({ code: 130, stderr: expect.stringContaining('to go on') as string });
  expect(existsSync(join(folder, 'postgres/data/postmaster.pid'))).toBe(false);
  expect(summaryOf(await run(folder, ['import', 'history.csv']).ended)).toBe(whole);
});

test('an unfinished run as reported keeps others out until it is finished or given up', async () => {
  const folder = await folderWithHistory();
  const killed = run(folder, ['import', '--as-reported', 'history.csv']);
  while (!existsSync(join(folder, 'history.csv.rejected.csv'))) await sleep(5);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const kept = await run(folder, ['import', 'history.csv']).ended;
  expect(kept).toMatchObject({ code: 1, stderr: expect.stringContaining('--give-up') as string });
  expect(await run(folder, ['import', '--as-reported', '--give-up', 'history.csv']).ended).toMatchObject({ code: 0 });
  expect(await run(folder, ['import', 'history.csv']).ended).toMatchObject({ code: 0 });
  const { facts } = await readKept(folder);
  expect(new Set(facts).size).toBe(facts.length);
});

test('a finished run as reported can be asked for again, and needs an empty store otherwise', async () => {
  const folder = await folderWithHistory();
  const first = await run(folder, ['import', '--as-reported', 'history.csv']).ended;
  const again = await run(folder, ['import', '--as-reported', 'history.csv']).ended;
  expect(summaryOf(again)).toBe(summaryOf(first));
  writeFileSync(join(folder, 'other.csv'), history.split('\n').slice(0, 30).join('\n'));
  expect(await run(folder, ['import', '--as-reported', 'other.csv']).ended).toMatchObject({ code: 1, stderr: expect.stringContaining('empty store') as string });
  expect(await run(folder, ['import', '--as-reported', '--dry-run', 'other.csv']).ended).toMatchObject({ code: 1, stderr: expect.stringContaining('empty store') as string });
});

test('what cannot be read or is no history says so, without a stack', async () => {
  const folder = await folders.make();
  writeFileSync(join(folder, 'array.json'), '[{}]');
  writeFileSync(join(folder, 'empty.csv'), '');
  for (const [file, words] of [['gone.csv', /^gone\.csv cannot be read: there is no such file or folder\. \(fileUnusable\)$/m], ['.', /^\. cannot be read: it is a folder\./m], ['array.json', /NDJSON/]] as const) {
    const { code, stderr } = await run(folder, ['import', file]).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/\n +at /);
  }
  expect(await run(folder, ['import', 'empty.csv']).ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 lines .* there was nothing in it to import/) as string });
});
