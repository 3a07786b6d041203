import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

const ROOT = join(__dirname, '../..');
/** Where SQL may stand: code, scripts, configuration. Prose may name the schema. */
const EXTENSIONS = new Set(['.ts', '.js', '.mjs', '.cjs', '.sql', '.sh', '.yml', '.yaml', '.json', '.conf', '']);
const OWNER = 'libs/event-store/';
/** Taken apart here and below, so that this file is held to its own rule. */
const SCHEMA = ['event', 'store'].join('_');
/** What PostgreSQL keeps beside a log that lies elsewhere. */
const BESIDE = ['event', 'log'].join('_');
const TABLES = ['events', 'head', 'lifted', 'as_reported_run'];

/** The store's tables lie in a schema that is on no search path, so SQL that names one has to name the schema; the bare names are looked for as well. */
function namesTables(text: string): boolean {
  const schema = new RegExp(`\\b(${SCHEMA}|${BESIDE})\\b`);
  const bare = new RegExp(`\\b(from|join|into|update|table|truncate)\\s+(only\\s+)?"?(${TABLES.join('|')})"?(\\s+(set|where|order|as|e|e1|values|using|on|limit|cascade|left|join|cross|for)\\b|\\s*[;\\\`(])`, 'i');
  return schema.test(text) || bare.test(text);
}

function offenders(root: string, files: readonly string[]): readonly string[] {
  return files.filter((file) => !file.startsWith(OWNER) && EXTENSIONS.has(extname(file)) && statSync(join(root, file)).size < 2_000_000 && namesTables(readFileSync(join(root, file), 'utf8')));
}

test('no SQL outside the event store names its tables', () => {
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  const files = tracked.filter((file) => file !== '' && statSync(join(ROOT, file), { throwIfNoEntry: false })?.isFile() === true);
  expect(files.length).toBeGreaterThan(50);
  expect(files.some((file) => file.startsWith(OWNER))).toBe(true);
  expect(offenders(ROOT, files)).toEqual([]);
});

test.each([
  ['a query', 'query.ts', `await pool.query('select count(*) from ${SCHEMA}.events');`],
  ['a query of what lies beside the log', 'beside.ts', `await pool.query('select turn from ${BESIDE}.log');`],
  ['a quoted name', 'quoted.ts', `sql\`delete from "${SCHEMA}"."events"\``],
  ['a query builder', 'kysely.ts', `db.withSchema('${SCHEMA}').selectFrom('events')`],
  ['a search path', 'grants.sql', `set search_path = ${SCHEMA}; select 1`],
  ['a table without its schema', 'bare.sql', `select canonical from ${TABLES[0]} where position > 5`],
  ['a foreign key', 'key.sql', `alter table spell add foreign key (position) references ${SCHEMA}.events`],
  ['a script', 'dump', `psql -c "copy ${SCHEMA}.events to stdout"`],
])('planted, %s is caught', (_, file, text) => {
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-planted-'));
  writeFileSync(join(folder, file), text);
  writeFileSync(join(folder, 'clean.ts'), `import { events } from '@bestendig/event-store'; // store.append(events)\nfor (const event of events) use(event);`);
  expect(offenders(folder, [file, 'clean.ts'])).toEqual([file]);
  rmSync(folder, { recursive: true });
});
