/**
 * Reads a generated history on its own: no line of the product's timeline is used, so that the two can be held against
 * each other.
 */
export type Row = Readonly<Record<string, string>>;

/** What a placement comes down to: days as integers since 1970. */
export type Job = {
  readonly key: string;
  readonly source: string;
  readonly person: string;
  readonly employer: string;
  readonly sector: string;
  readonly arrangement: string;
  readonly existing: boolean;
  /** Hours per week, each from a day on; the first are those of the registration. */
  readonly hours: readonly { readonly from: number; readonly hours: number }[];
  readonly registeredOn: number;
  /** Stretches of paid work. `lastDay` null: not known to have ended; `confirmedTo` is then the last planned end. */
  readonly spells: readonly Stretch[];
  readonly proefplaatsingEnd: number | null;
};
export type Stretch = {
  readonly firstDay: number;
  readonly lastDay: number | null;
  readonly confirmedTo: number;
  /** From this day on without a planned end; null where never. */
  readonly permanentFrom: number | null;
  /** Code or explicit fact with which it is known to go on under another key; the successor's key where named. */
  readonly continues: { readonly key: string | null } | null;
  /** No code but 30, and nothing explicit: the very next day's job at the same employer goes on from it. */
  readonly mayReadAsContinued: boolean;
};

export const FOR_EVER = 9_999_999;

export function parse(lines: Iterable<string>): { readonly rows: readonly Row[]; readonly comments: number } {
  const rows: Row[] = [];
  let columns: readonly string[] | null = null;
  let comments = 0;
  for (const line of lines) {
    if (columns === null && line.startsWith('#')) comments += 1;
    else if (columns === null) columns = line.split(',');
    else rows.push(rowOf(columns, line));
  }
  return { rows, comments };
}

function rowOf(columns: readonly string[], line: string): Row {
  const row: Record<string, string> = {};
  let index = 0;
  for (const cell of line.split(',')) {
    const column = columns[index];
    if (cell !== '' && column !== undefined) row[column] = cell;
    index += 1;
  }
  return row;
}

/** What stands after duplicates, corrections and retractions; the type is the fact's own. */
export function standing(rows: readonly Row[]): readonly Row[] {
  const byId = new Map<string, Row>();
  const modifiers = new Map<string, Row[]>();
  const facts: Row[] = [];
  const withoutId = new Set<string>();
  for (const row of rows) {
    const id = row['id'];
    const content = id === undefined ? JSON.stringify(row) : `${row['source']} ${id}`;
    if (byId.has(content) || withoutId.has(content)) continue;
    if (id === undefined) withoutId.add(content);
    else byId.set(content, row);
    const target = row['corrects'] ?? row['retracts'];
    if (target === undefined) facts.push(row);
    else modifiers.set(`${row['source']} ${target}`, [...(modifiers.get(`${row['source']} ${target}`) ?? []), row]);
  }
  const resolve = (row: Row): Row | null => {
    if (row['id'] === undefined) return row;
    const live = (modifiers.get(`${row['source']} ${row['id']}`) ?? []).filter((modifier) => resolve(modifier) !== null);
    live.sort((a, b) => ((a['time'] ?? '') < (b['time'] ?? '') ? -1 : 1));
    const winner = live[live.length - 1];
    if (winner === undefined) return row;
    if (winner['retracts'] !== undefined) return null;
    const resolved = resolve(winner);
    return resolved === null ? row : { ...resolved, type: resolved['replacementType'] ?? '', time: row['time'] ?? '' };
  };
  return facts.map(resolve).filter((row) => row !== null);
}

/** The day of message text; an inexact one is placed in the middle of its period (MEASURES 2). */
export function dayOf(text: string): number {
  const exact = text.replace('~', '');
  if (/^\d{4}$/.test(exact)) return middle(`${exact}-01-01`, 12);
  const quarter = /^(\d{4})-Q([1-4])$/.exec(exact);
  if (quarter !== null) return middle(`${quarter[1]}-${String(Number(quarter[2]) * 3 - 2).padStart(2, '0')}-01`, 3);
  return /^\d{4}-\d{2}$/.test(exact) ? middle(`${exact}-01`, 1) : Date.parse(exact) / 86_400_000;
}

function middle(first: string, months: number): number {
  const start = new Date(`${first}T00:00:00Z`);
  const next = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, 1);
  return Math.floor((start.getTime() + next - 86_400_000) / 2 / 86_400_000);
}

export function jobsOf(rows: readonly Row[]): readonly Job[] {
  const byKey = new Map<string, Row[]>();
  for (const row of standing(rows)) {
    const key = `${row['source']} ${row['employment']}`;
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [row]);
    else list.push(row);
  }
  const jobs: Job[] = [];
  for (const [key, facts] of byKey) {
    facts.sort((a, b) => ((a['time'] ?? '') < (b['time'] ?? '') ? -1 : 1));
    const registration = facts.find((fact) => fact['type'] === 'placement-registered');
    if (registration !== undefined) jobs.push(jobOf(key, registration, facts));
  }
  return jobs;
}

function jobOf(key: string, registration: Row, facts: readonly Row[]): Job {
  const source = registration['source'] ?? '';
  const proefplaatsing = facts.find((fact) => fact['type'] === 'proefplaatsing-ended');
  return {
    key,
    source,
    person: `${source} ${registration['person']}`,
    employer: registration['employer'] ?? '',
    sector: registration['sector'] ?? '',
    arrangement: registration['arrangement'] ?? '',
    existing: registration['registrationKind'] === 'existingWorker',
    hours: [registration, ...facts.filter((fact) => fact['type'] === 'hours-changed').sort(byDay)].map((fact, index) => ({
      from: index === 0 ? 0 : dayOf(fact['effectiveDate'] ?? ''),
      hours: Number(fact['hoursPerWeek']),
    })),
    registeredOn: dayOf(registration['effectiveDate'] ?? ''),
    spells: spellsOf(source, facts),
    proefplaatsingEnd: proefplaatsing === undefined ? null : dayOf(proefplaatsing['effectiveDate'] ?? ''),
  };
}

const byDay = (a: Row, b: Row): number => dayOf(a['effectiveDate'] ?? '') - dayOf(b['effectiveDate'] ?? '');

const EXPLICIT = ['uitval-recorded', 'doorstroom-recorded', 'placement-ended-otherwise'];

function spellsOf(source: string, facts: readonly Row[]): readonly Stretch[] {
  const contracts = facts
    .filter((fact) => fact['type'] === 'contract-signed' || fact['type'] === 'contract-extended')
    .map((fact) => ({
      day: dayOf(fact['effectiveDate'] ?? ''),
      end: fact['plannedEnd'] === undefined ? FOR_EVER : dayOf(fact['plannedEnd']),
      signed: fact['type'] === 'contract-signed',
    }))
    .sort((a, b) => a.day - b.day);
  const groups: (typeof contracts)[] = [];
  for (const contract of contracts) {
    const group = groups[groups.length - 1];
    if (group === undefined || contract.signed) groups.push([contract]);
    else group.push(contract);
  }
  return groups.map((group, index) => stretchOf(source, facts, group, groups[index + 1]?.[0]?.day ?? FOR_EVER));
}

function stretchOf(source: string, facts: readonly Row[], contracts: readonly { day: number; end: number }[], before: number): Stretch {
  const firstDay = contracts[0]?.day ?? 0;
  const within = (day: number): boolean => day >= firstDay && day < before;
  const ends = facts
    .filter((fact) => fact['type'] === 'contract-ended' || fact['lastDay'] !== undefined)
    .map((fact) => ({ day: dayOf(fact['lastDay'] ?? fact['effectiveDate'] ?? ''), fact }))
    .filter(({ day }) => within(day));
  const end = ends[0];
  const permanent = facts.find((fact) => fact['type'] === 'contract-made-permanent' && within(dayOf(fact['effectiveDate'] ?? '')));
  const openEnded = contracts.find((contract) => contract.end === FOR_EVER);
  const permanentFrom = permanent !== undefined ? dayOf(permanent['effectiveDate'] ?? '') : (openEnded?.day ?? null);
  const last = contracts[contracts.length - 1];
  const continued = facts.find((fact) => fact['type'] === 'employment-continued');
  const codes = facts.filter((fact) => fact['endCode'] !== undefined && within(dayOf(fact['lastDay'] ?? fact['effectiveDate'] ?? ''))).map((fact) => fact['endCode'] ?? '');
  const explicit = facts.some((fact) => EXPLICIT.includes(fact['type'] ?? ''));
  const successor = continued?.['successorEmployment'];
  return {
    firstDay,
    lastDay: end?.day ?? null,
    confirmedTo: permanentFrom !== null ? FOR_EVER : (last?.end ?? firstDay),
    permanentFrom,
    continues:
      continued !== undefined || codes.some((code) => ['90', '91', '92'].includes(code))
        ? { key: successor === undefined ? null : `${source} ${successor}` }
        : null,
    mayReadAsContinued: !explicit && codes.every((code) => code === '30'),
  };
}
