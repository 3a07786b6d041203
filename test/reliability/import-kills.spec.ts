import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, launch, type Built, type Ended } from './built';
import { DataFolders, historyText, killPostmaster, readKept, type Kept } from './data-folder';

const SECRET = '5e'.repeat(32);
const PLACEMENTS = 700;
const folders = new DataFolders();
let built: Built;
let history: string;
/** An import that nobody disturbed, and how long it took. */
let undisturbed: { readonly summary: string; readonly rejected: string; readonly kept: Kept; readonly ms: number };
let asReported: typeof undisturbed;

beforeAll(async () => {
  built = await build();
  history = historyText({ placements: PLACEMENTS, seed: 7, errors: 0.004 });
  undisturbed = await importWhole([]);
  asReported = await importWhole(['--as-reported']);
}, 180_000);
afterAll(async () => {
  await folders.removeAll();
  built.remove();
});

/** Random moments, the same in every run. */
function moments(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

async function folderWithHistory(): Promise<string> {
  const folder = await folders.make();
  writeFileSync(join(folder, 'history.csv'), history);
  return folder;
}

function importInto(folder: string, flags: readonly string[]) {
  return launch(built.main, ['import', ...flags, 'history.csv'], { BESTENDIG_DATA: folder, BESTENDIG_SECRET: SECRET });
}

async function importWhole(flags: readonly string[]): Promise<typeof undisturbed> {
  const folder = await folderWithHistory();
  const begun = Date.now();
  const ended = await importInto(folder, flags).ended;
  const ms = Date.now() - begun;
  expect(ended).toMatchObject({ code: 0 });
  return { summary: summaryOf(ended), rejected: rejectedIn(folder), kept: await readKept(folder), ms };
}

/** What is the same however long it took. */
const summaryOf = ({ stdout }: Ended): string => stdout.replace(/ read in .*$/m, '');
const rejectedIn = (folder: string): string => readFileSync(join(folder, 'history.csv.rejected.csv'), 'utf8');

test('the summary adds up to the lines of the file', () => {
  const lines = history.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length - 1;
  const counts = [...undisturbed.summary.matchAll(/^ {2}(accepted|duplicate|parked|refused) +([\d,]+)/gm)].map(([, , count = '']) => Number(count.replaceAll(',', '')));
  expect(counts).toHaveLength(4);
  expect(counts.reduce((sum, count) => sum + count)).toBe(lines);
  expect(undisturbed.kept.deliveries).toHaveLength(lines);
  expect(undisturbed.summary).toContain(`${lines.toLocaleString('en-US')} lines`);
});

type Kill = readonly [what: string, seed: number, flags: readonly string[], victim: 'node' | 'postgres' | 'both'];
const KINDS: readonly (readonly [Kill[0], Kill[2], Kill[3]])[] = [
  ['the import is killed', [], 'node'],
  ['the import is killed', [], 'node'],
  ['an import as reported is killed', ['--as-reported'], 'node'],
  ['PostgreSQL is killed', [], 'postgres'],
  ['both are killed', ['--as-reported'], 'both'],
];
/** KILLS=50 looks at ten times as many moments. */
const KILLS = Array.from({ length: Number(process.env['KILLS'] ?? KINDS.length) }, (_, index): Kill => {
  const [what, flags, victim] = KINDS[index % KINDS.length] ?? ['the import is killed', [], 'node'];
  return [what, index + 1, flags, victim];
});

test.each(KILLS)('%s (%d) at any moment: run again it ends with all there, nothing twice, the chain whole and the same summary', async (_, seed, flags, victim) => {
  const expected = flags.length === 0 ? undisturbed : asReported;
  const folder = await folderWithHistory();
  const random = moments(seed);
  for (let kill = 0; kill < 2; kill++) {
    const running = importInto(folder, flags);
    await Promise.race([running.ended, new Promise((next) => setTimeout(next, (0.1 + 0.9 * random()) * expected.ms))]);
    if (victim !== 'node') killPostmaster(folder);
    if (victim !== 'postgres') running.child.kill('SIGKILL');
    const { code, stderr } = await running.ended;
    // Without its database an import says so; it may have been done before that.
    if (victim === 'postgres' && code !== 0) expect(stderr).toMatch(/run the same command again|went away|terminat/i);
  }
  const ended = await importInto(folder, flags).ended;
  expect(ended).toMatchObject({ code: 0 });
  expect(summaryOf(ended)).toBe(expected.summary);
  expect(rejectedIn(folder)).toBe(expected.rejected);
  expect(await readKept(folder)).toEqual(expected.kept);
  if (victim !== 'postgres') return;
  const rebuilt = await launch(built.main, ['rebuild'], { BESTENDIG_DATA: folder, BESTENDIG_SECRET: SECRET }).ended;
  expect(rebuilt).toMatchObject({ code: 0, stdout: expect.stringContaining('the same rows as live') as string });
});

test('a dry run says what an import would say, before it and after it, and keeps nothing', async () => {
  const folder = await folderWithHistory();
  const empty = await readKeptAfter(folder, []);
  expect(empty.kept.facts).toEqual([]);
  expect(empty.summary).toBe(undisturbed.summary);
  expect(empty.rejected).toBe(undisturbed.rejected);
  const reported = await readKeptAfter(folder, ['--as-reported']);
  expect(reported).toMatchObject({ summary: asReported.summary, rejected: asReported.rejected, kept: { facts: [], deliveries: [] } });
});

async function readKeptAfter(folder: string, flags: readonly string[]): Promise<Omit<typeof undisturbed, 'ms'>> {
  const ended = await importInto(folder, ['--dry-run', ...flags]).ended;
  expect(ended).toMatchObject({ code: 0 });
  return { summary: summaryOf(ended).replace('Dry run, nothing was stored: ', ''), rejected: rejectedIn(folder), kept: await readKept(folder) };
}
