import { BEGINNING_OF_TIME } from '@bestendig/event-store';
import {
  cohortRetention,
  cursorText,
  cutOf,
  duurzaamheid,
  listParkedFacts,
  listPlacements,
  parkedFactCursor,
  placementCursor,
  type Cut,
  type ListCursor,
  READ_MODELS,
} from '@bestendig/read-models';
import { loadHistories } from '@bestendig/projection-engine';
import { openReadStore, type ReadStore } from '@bestendig/read-store';
import {
  COHORT_PERIODS,
  duurzaamheidSummary,
  observationEnd,
  retentionMatrix,
  type CohortPeriod,
} from '@bestendig/duurzaamheid-domain';
import { chainsAtEveryEnd, timeline } from '@bestendig/placement-domain';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import fc from 'fast-check';
import { forget } from './built-rows';
import { cellsByHand, personsAt } from './day-by-day-figures';
import { placementsOf, randomLogs, randomLogsSince, type LoggedEvent } from './random-logs';

const HORIZONS = [0, 1, 3, 6, 12, 24] as const;

let database: TestDatabase;
let readStore: ReadStore;
beforeEach(async () => {
  database = await createTestDatabase();
  readStore = await openReadStore(database.url);
});
afterEach(async () => {
  await readStore.close();
  await database.drop();
});

/** Loads random logs, and asks each at a few random moments and days. */
async function forRandomAnswers(
  runs: number,
  logs: fc.Arbitrary<readonly LoggedEvent[]>,
  check: (asked: { log: readonly LoggedEvent[]; cut: Cut; peildatum: string; cohort: CohortPeriod }) => Promise<void>,
): Promise<void> {
  const day = fc
    .integer({ min: 0, max: 365 * 8 })
    .map((days) => new Date(Date.UTC(2018, 0, 1) + days * 86_400_000).toISOString().slice(0, 10));
  // Moments from 2018 to 2030, late enough in the evening to be the next day in Amsterdam.
  const moment = fc
    .integer({ min: 0, max: 365 * 12 })
    .map((days) => `${new Date(Date.UTC(2018, 0, 1) + days * 86_400_000).toISOString().slice(0, 10)}T23:30:00.000000Z`);
  const question = fc.record({ knownAt: moment, peildatum: day, cohort: fc.constantFrom(...COHORT_PERIODS) });
  await fc.assert(
    fc.asyncProperty(logs, fc.array(question, { minLength: 4, maxLength: 4 }), async (log, questions) => {
      await forget(database.url);
      const generation = await loadHistories(READ_MODELS, database.url, [placementsOf(log)]);
      for (const { knownAt, peildatum, cohort } of questions)
        await check({ log, cut: cutOf(generation, knownAt), peildatum, cohort });
    }),
    { numRuns: runs, endOnFailure: true },
  );
}

// Since 2026: what end codes say was known by then, and the second reading has no table of what was known when.
test('every cell of matrix and summary is what a life day by day over the raw events gives', async () => {
  await forRandomAnswers(
    12,
    randomLogsSince('2026-02-01T12:00:00.000000Z'),
    async ({ log, cut, peildatum, cohort }) => {
      const asked = { peildatum, cohort, horizons: HORIZONS };
      const byHand = cellsByHand(log, {
        ...asked,
        knownAt: cut.knownAt,
        observedThrough: observationEnd(peildatum, cut.knownAt),
      });
      const matrix = await cohortRetention(readStore, cut, asked);
      const summary = await duurzaamheid(readStore, cut, asked);
      if (!('rows' in matrix)) throw new Error('not grouped');
      const asCells = (
        rows: readonly { readonly cohort: string; readonly cells: readonly { readonly horizon: number }[] }[],
      ) => rows.flatMap((row) => row.cells.map(({ horizon }) => `${row.cohort} ${horizon}`)).sort();
      expect(asCells(matrix.rows)).toEqual([...byHand.keys()].sort());
      expect(asCells(summary.rows)).toEqual([...byHand.keys()].sort());
      for (const { cohort: name, cells } of matrix.rows) {
        for (const cell of cells) {
          const { inWork, uitval, doorstroom, otherKnown, otherUnknown, ...same } =
            byHand.get(`${name} ${cell.horizon}`) ?? fail();
          expect(cell).toMatchObject({
            ...same,
            retained: inWork,
            lost: uitval + doorstroom + otherKnown + otherUnknown,
          });
        }
      }
      for (const { cohort: name, cells } of summary.rows) {
        for (const cell of cells) {
          const { inWork, otherUnknown, ...same } = byHand.get(`${name} ${cell.horizon}`) ?? fail();
          expect(cell).toMatchObject({ ...same, stillInWork: inWork, unknown: otherUnknown });
        }
      }
    },
  );
});

test('answers are those of the pure measures over the chains known at the cut, frame and all', async () => {
  await forRandomAnswers(12, randomLogs, async ({ log, cut, peildatum, cohort }) => {
    const { knownAt } = cut;
    const chains = personsAt(log, knownAt).flatMap((placements) => chainsAtEveryEnd(placements, knownAt));
    const asked = { peildatum, cohort, horizons: HORIZONS };
    expect(await cohortRetention(readStore, cut, asked)).toEqual({
      ...retentionMatrix(chains, { ...asked, knownAt }),
      asReported: false,
    });
    expect(await duurzaamheid(readStore, cut, { peildatum, cohort })).toEqual({
      ...duurzaamheidSummary(chains, { peildatum, cohort, knownAt }),
      asReported: false,
    });
    for (const groupBy of ['sector', 'region', 'arrangement'] as const) {
      const grouped = await cohortRetention(readStore, cut, { ...asked, groupBy });
      if (!('groups' in grouped)) throw new Error('grouped');
      const ends = observationEnd(peildatum, knownAt);
      const begun = chains.filter(
        ({ day0, shown }) =>
          day0 <= ends && (shown.from ?? '') <= ends && (shown.before === null || ends < shown.before),
      );
      expect(grouped.groups.map(({ group }) => group)).toEqual(
        [...new Set(begun.map((chain) => chain[groupBy]))].sort(),
      );
      for (const { group, rows } of grouped.groups) {
        expect(rows).toEqual(
          retentionMatrix(
            chains.filter((chain) => chain[groupBy] === group),
            { ...asked, knownAt },
          ).rows,
        );
      }
    }
  });
});

test('lists say of every placement and every parked fact what its timeline at the cut says, page by page', async () => {
  await forRandomAnswers(6, randomLogs, async ({ log, cut }) => {
    const known = placementsOf(log, cut.knownAt).map(({ placementId, events }) => ({
      placementId,
      timeline: timeline(events, cut.knownAt),
    }));
    const placements = await allPages((cursor: ListCursor | null) =>
      listPlacements(readStore, cut, { limit: 3, ...(cursor === null ? {} : { cursor }) }),
    );
    expect(
      placements.map(({ placementId, parkedFacts, firstDay, candidateId }) => ({
        placementId,
        parkedFacts,
        firstDay,
        candidateId,
      })),
    ).toEqual(
      known
        .map(({ placementId, timeline: { facts, spells, registration } }) => ({
          placementId,
          parkedFacts: facts.filter(({ verdict }) => verdict === 'parked').length,
          firstDay: spells[0]?.firstDay ?? null,
          candidateId: registration?.candidateId ?? null,
        }))
        .sort((a, b) => (a.placementId < b.placementId ? -1 : 1)),
    );
    const parked = await allPages((cursor: ListCursor | null) =>
      listParkedFacts(readStore, cut, { limit: 4, ...(cursor === null ? {} : { cursor }) }),
    );
    const expected = known.flatMap(({ timeline: { facts } }) =>
      facts.flatMap((fact) => (fact.verdict === 'parked' ? [`${fact.recordedAt} ${fact.eventId} ${fact.reason}`] : [])),
    );
    expect(parked.map(({ recordedAt, eventId, reason }) => `${recordedAt} ${eventId} ${reason}`).sort()).toEqual(
      expected.sort(),
    );
    expect(parked.map(({ recordedAt }) => recordedAt)).toEqual(parked.map(({ recordedAt }) => recordedAt).sort());
  });
});

test('before anything was known there is an answer too: an empty one', async () => {
  const generation = await loadHistories(READ_MODELS, database.url, []);
  const cut = cutOf(generation, BEGINNING_OF_TIME);
  const asked = { peildatum: '2026-01-01', cohort: 'year', horizons: HORIZONS } as const;
  expect(await cohortRetention(readStore, cut, asked)).toEqual({
    ...retentionMatrix([], { ...asked, knownAt: BEGINNING_OF_TIME }),
    asReported: false,
  });
  expect(await duurzaamheid(readStore, cut, asked)).toMatchObject({ rows: [] });
  expect(await listPlacements(readStore, cut, { limit: 10 })).toEqual({ items: [], next: null });
  expect(await listParkedFacts(readStore, cut, { limit: 10 })).toEqual({ items: [], next: null });
});

test('cursors are read back, and anything else is none', () => {
  const cursor = { knownAt: '2026-01-01T00:00:00.000000Z', after: ['00000000-0000-4000-8000-000000000001'] };
  expect(placementCursor(cursorText(cursor))).toEqual(cursor);
  expect(parkedFactCursor(cursorText(cursor))).toBeNull();
  for (const text of [
    '',
    'x',
    '%%%',
    cursorText({ ...cursor, knownAt: '2026-01-01' }),
    cursorText({ ...cursor, after: [`' or 1=1`] }),
  ])
    expect(placementCursor(text)).toBeNull();
});

type Page<Item, Cursor> = { readonly items: readonly Item[]; readonly next: Cursor | null };

async function allPages<Item, Cursor>(
  read: (cursor: Cursor | null) => Promise<Page<Item, Cursor>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let page = await read(null);
  items.push(...page.items);
  while (page.next !== null) {
    page = await read(page.next);
    items.push(...page.items);
  }
  return items;
}

function fail(): never {
  throw new Error('no such cell by hand');
}
