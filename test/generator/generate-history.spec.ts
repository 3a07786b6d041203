import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { CSV_COLUMNS, MESSAGE_TYPES, mayHoldBsn, readHistory, validateHistoryLine } from '@bestendig/hr-messages';
import type { FactDraft } from '@bestendig/placement-application';
import { chains, timeline, type Fact, type PlacementEvent, type Timeline } from '@bestendig/placement-domain';
import { generateHistory } from '@bestendig/standalone';
import { heldBytes } from '@bestendig/testing';

import { FIRST_DAY, LAST_DAY, lineWorks, livesOf } from './figures';
import { jobsOf, parse } from './read-history';

const PLACEMENTS = 1_200;
const CHECK = { fileDigest: '0'.repeat(64), digestKey: Buffer.alloc(32) };

const text = (lines: Iterable<string>): string => [...lines].join('\n');
const linesOf = (placements: number, seed: number): readonly string[] => [...generateHistory({ placements, seed })];

describe('the bytes', () => {
  test('the same seed gives the same, another seed other ones', () => {
    expect(text(generateHistory({ placements: 300, seed: 7 }))).toBe(text(generateHistory({ placements: 300, seed: 7 })));
    expect(text(generateHistory({ placements: 300, seed: 7 }))).not.toBe(text(generateHistory({ placements: 300, seed: 8 })));
  });

  test('every machine makes the same', () => {
    const digest = createHash('sha256').update(text(generateHistory({ placements: 100, seed: 1 }))).digest('hex');
    expect(digest).toBe('d9c217d8a7e6bf34faeaa57ea2cf69d5abba79592012f6a0ac7091f8d2851cba');
  });

  test('the header says that the data is synthetic and what it is calibrated on; then come the columns', () => {
    const lines = linesOf(1, 1);
    const comments = lines.filter((line) => line.startsWith('#'));
    expect(comments.join(' ')).toMatch(/SYNTHETIC.*placements=1 seed=1.*Calibrated on published figures of UWV/);
    const header = lines[comments.length]?.split(',') ?? [];
    expect(header.filter((column) => !CSV_COLUMNS.includes(column))).toEqual([]);
  });

  test.each([1, 2, 13, 500])('%i placements are registered when so many are asked for', (placements) => {
    const { rows } = parse(generateHistory({ placements, seed: 5 }));
    const registered = rows.filter((row) => row['registrationKind'] !== undefined).map((row) => row['employment']);
    expect(new Set(registered).size).toBe(placements);
  });

  test.each([
    [{ placements: 0, seed: 1 }, 'placementsOutOfBounds'],
    [{ placements: 1.5, seed: 1 }, 'placementsOutOfBounds'],
    [{ placements: 10_000_001, seed: 1 }, 'placementsOutOfBounds'],
    [{ placements: 1, seed: -1 }, 'seedOutOfBounds'],
    [{ placements: 1, seed: 1, errors: 2 }, 'errorsOutOfBounds'],
  ])('%j is refused', (options, code) => {
    expect(() => generateHistory(options).next()).toThrow(expect.objectContaining({ code }));
  });

  test('memory does not grow with the number of lines', () => {
    let [lines, early, late] = [0, 0, 0];
    for (const _ of generateHistory({ placements: 10_000, seed: 3 })) {
      lines += 1;
      const heap = lines % 2_000 === 0 ? heldBytes() : 0;
      if (lines <= 15_000) early = Math.max(early, heap);
      else late = Math.max(late, heap);
    }
    expect(late - early).toBeLessThan(40_000_000);
  });
});

describe('the lines', () => {
  const rows = parse(generateHistory({ placements: PLACEMENTS, seed: 11 })).rows;

  test('every message type is told', () => {
    expect(MESSAGE_TYPES.map(({ shortName }) => shortName).filter((type) => !rows.some((row) => row['type'] === type))).toEqual([]);
  });

  test('each was reported on a working day, in office hours, in whole seconds, before June 2026', () => {
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Amsterdam', weekday: 'short', hour: '2-digit', hourCycle: 'h23' });
    const odd = rows.filter(({ time = '' }) => {
      const [day = '', hour = ''] = clock.format(new Date(time)).split(', ');
      return !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) || ['Sat', 'Sun'].includes(day) || Number(hour) < 8 || Number(hour) > 17 || time >= '2026-06-01';
    });
    expect(odd).toEqual([]);
  });

  test('facts of long before the first delivery are of existing workers', () => {
    const existing = new Set(rows.filter((row) => row['registrationKind'] === 'existingWorker').map((row) => row['employment']));
    const old = rows.filter((row) => row['type'] === 'contract-signed' && (row['effectiveDate'] ?? '') < '2014-12');
    expect(old.length).toBeGreaterThan(50);
    expect(old.filter((row) => !existing.has(row['employment']))).toEqual([]);
  });

  test('nothing can be taken for a BSN, in a cell or in a line', () => {
    const typed = new Set(['employer', 'provider', 'inleners']);
    const cells = rows.flatMap((row) => Object.entries(row).filter(([column]) => !typed.has(column)).map(([, cell]) => cell));
    expect(cells.filter((cell) => mayHoldBsn(cell))).toEqual([]);
    expect(rows.filter((row) => mayHoldBsn(`${row['person']} ${row['employment']} ${row['id']}`))).toEqual([]);
  });

  test('one id never has two contents', () => {
    const contents = new Map<string, string>();
    const reused = rows.filter((row) => {
      if (row['id'] === undefined) return false;
      const id = `${row['source']} ${row['id']}`;
      const content = JSON.stringify(row);
      const other = contents.get(id) ?? content;
      contents.set(id, content);
      return other !== content;
    });
    expect(reused).toEqual([]);
  });
});

/** The application puts ids where a source has keys; here the keys serve as ids. */
function withCandidate({ type, data }: FactDraft, candidateId: string): Fact {
  const replaced = type === 'FactCorrected' ? { replacement: { ...data.replacement, data: { ...data.replacement.data, candidateId } } } : {};
  return { type, data: { ...data, ...replaced, candidateId } } as unknown as Fact;
}

describe('what an import makes of it', () => {
  async function checked(options: Parameters<typeof generateHistory>[0]): Promise<{ events: Map<string, PlacementEvent[]>; refused: string[]; lines: number }> {
    const events = new Map<string, PlacementEvent[]>();
    const seen = new Set<string>();
    const refused: string[] = [];
    let lines = 0;
    for await (const line of readHistory(Readable.from([Buffer.from(text(generateHistory(options)))]))) {
      lines += 1;
      const result = validateHistoryLine(line, CHECK);
      if (!result.ok) {
        refused.push(result.refusal.code);
        continue;
      }
      const { source, messageId, reportedAt, employmentKey, personKey, facts } = result.fact;
      if (seen.has(`${source} ${messageId}`)) continue;
      seen.add(`${source} ${messageId}`);
      const stream = `${source} ${employmentKey}`;
      const own = events.get(stream) ?? [];
      events.set(stream, own);
      for (const draft of facts) {
        own.push({ ...withCandidate(draft, `${source} ${personKey}`), id: `${source} ${messageId}`, recordedAt: reportedAt ?? '', reportedAt, source, messageId, byPerson: false });
      }
    }
    return { events, refused, lines };
  }

  test('no line is refused, nearly all facts stand, and a few wait for ever', async () => {
    const { events, refused } = await checked({ placements: PLACEMENTS, seed: 11 });
    expect(refused).toEqual([]);
    const verdicts = new Map<string, number>();
    let facts = 0;
    for (const stream of events.values()) {
      for (const { verdict } of timeline(stream).facts) {
        facts += 1;
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      }
    }
    const share = (verdict: string): number => (verdicts.get(verdict) ?? 0) / facts;
    expect(share('stands')).toBeGreaterThan(0.95);
    expect(share('parked')).toBeGreaterThan(0.0005);
    expect(share('parked')).toBeLessThan(0.01);
    expect(share('superseded')).toBeGreaterThan(0.01);
    expect(share('retracted')).toBeGreaterThan(0.001);
  });

  test('its chains are in work on the days that a plain reading of the lines gives', async () => {
    const options = { placements: PLACEMENTS, seed: 11 };
    const { events } = await checked(options);
    const persons = new Map<string, { placementId: string; timeline: Timeline }[]>();
    for (const [placementId, stream] of events) {
      const read = timeline(stream);
      const person = read.registration?.candidateId;
      if (person !== undefined) persons.set(person, [...(persons.get(person) ?? []), { placementId, timeline: read }]);
    }
    let [days, differ] = [0, 0];
    for (const { jobs, lines } of livesOf(jobsOf(parse(generateHistory(options)).rows))) {
      const pieces = chains(persons.get(jobs[0]?.person ?? '') ?? []).flatMap((chain) => chain.pieces).filter(({ state }) => state.kind === 'inWork');
      for (let day = FIRST_DAY; day <= LAST_DAY; day += 23) {
        const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
        const inChain = pieces.some(({ firstDay, lastDay }) => firstDay <= text && (lastDay === null || lastDay >= text));
        days += 1;
        if (inChain !== lines.some((line) => lineWorks(line, day))) differ += 1;
      }
    }
    expect(days).toBeGreaterThan(50_000);
    expect(differ / days).toBeLessThan(0.0005);
  });

  test('with --errors such a share of the lines must be refused', async () => {
    const plain = linesOf(200, 2).length;
    const { refused, lines } = await checked({ placements: 200, seed: 2, errors: 0.1 });
    const added = lines + 5 - plain;
    expect(added / plain).toBeGreaterThan(0.08);
    // One flaw in seven is an id that is used again, which only the log can see.
    expect(Math.abs(refused.length / added - 6 / 7)).toBeLessThan(0.02);
    expect(new Set(refused)).toEqual(new Set(['invalid', 'mayHoldBsn']));
  });
});
