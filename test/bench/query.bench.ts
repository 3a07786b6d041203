import { chainsAtEveryEnd, timeline, type Timeline } from '@bestendig/placement-domain';
import { retentionMatrix, type RetentionMatrix } from '@bestendig/duurzaamheid-domain';
import { cohortRetention, cutOf, READ_MODELS } from '@bestendig/read-models';
import { loadHistories } from '@bestendig/projection-engine';
import { openReadStore, type Generation, type ReadStore } from '@bestendig/read-store';
import { benchArgs, closeBench, peakMiB, percentile, withBenchPostgres, type Measure } from './bench';
import { madePlacements, type MadePlacement } from './made-placements';

/** As known at a past moment may take at most so many times as long as now. */
const RATIO_AIM = 1.5;
const SEED = 4;
/** Placements folded and written together. */
const GROUP = 2_000;
/** Questions of each kind in a round. */
const QUESTIONS = 20;
const HORIZONS = [3, 6, 12, 24] as const;

/** After every fact of the made placements. */
const NOW = '2026-11-01T12:00:00.000000Z';
const PAST = {
  'a year before': '2025-01-01T12:00:00.000000Z',
  'five years before': '2021-01-01T12:00:00.000000Z',
} as const;

async function main(): Promise<void> {
  const { size, rounds } = benchArgs({ name: 'query', counts: 'placements', size: 200_000, rounds: 5 });
  await withBenchPostgres(async (makeDatabase) => {
    const databaseUrl = await makeDatabase();
    const moments = [NOW, ...Object.values(PAST)];
    const expected = new Map(moments.map((moment) => [moment, new Map<string, number>()]));
    const generation = await loadHistories(READ_MODELS, databaseUrl, counted(groupsOf(size), expected));
    const readStore = await openReadStore(databaseUrl);
    try {
      for (const moment of moments) sameCounts(await ask(readStore, generation, moment), expected.get(moment));
      console.log(
        `loaded ${size} placements; the matrix is what the pure measure counts, now and at both past moments`,
      );
      closeBench(await measure(readStore, generation, { size, rounds }));
    } finally {
      await readStore.close();
    }
  });
}

/** Placements of one person stay in one group. */
function* groupsOf(size: number): Generator<readonly MadePlacement[]> {
  let group: MadePlacement[] = [];
  let person = '';
  for (const placement of madePlacements(size, SEED)) {
    const registration = placement.events.find(({ type }) => type === 'PlacementRegistered');
    const candidate = registration?.type === 'PlacementRegistered' ? registration.data.candidateId : '';
    if (group.length >= GROUP && candidate !== person) {
      yield group;
      group = [];
    }
    person = candidate;
    group.push(placement);
  }
  yield group;
}

/** Passes groups on, counting their cells with the pure measure: counts add up over persons. */
function* counted(
  groups: Iterable<readonly MadePlacement[]>,
  expected: ReadonlyMap<string, Map<string, number>>,
): Generator<readonly MadePlacement[]> {
  let placements = 0;
  for (const group of groups) {
    for (const [moment, sums] of expected) {
      const chains = personsOf(group, moment).flatMap((person) => chainsAtEveryEnd(person, moment));
      addCounts(
        retentionMatrix(chains, {
          peildatum: moment.slice(0, 10),
          knownAt: moment,
          cohort: 'quarter',
          horizons: HORIZONS,
        }),
        sums,
      );
    }
    placements += group.length;
    if (placements % (GROUP * 10) < GROUP) console.log(`${placements} placements`);
    yield group;
  }
}

function personsOf(
  group: readonly MadePlacement[],
  moment: string,
): readonly (readonly { readonly placementId: string; readonly timeline: Timeline }[])[] {
  const persons = new Map<string, { readonly placementId: string; readonly timeline: Timeline }[]>();
  for (const { placementId, events } of group) {
    const read = timeline(events, moment);
    const candidate = read.registration?.candidateId;
    if (candidate === undefined) continue;
    const known = persons.get(candidate);
    if (known === undefined) persons.set(candidate, [{ placementId, timeline: read }]);
    else known.push({ placementId, timeline: read });
  }
  return [...persons.values()];
}

const COUNTS = ['mature', 'retained', 'unconfirmed', 'lost', 'notMature', 'lateEntry', 'inexact'] as const;

function addCounts(matrix: Pick<RetentionMatrix, 'rows'>, sums: Map<string, number>): void {
  for (const { cohort, cells } of matrix.rows) {
    for (const cell of cells) {
      for (const count of COUNTS) {
        const key = `${cohort} ${cell.horizon} ${count}`;
        sums.set(key, (sums.get(key) ?? 0) + cell[count]);
      }
    }
  }
}

function sameCounts(matrix: Pick<RetentionMatrix, 'rows'>, expected: ReadonlyMap<string, number> | undefined): void {
  const found = new Map<string, number>();
  addCounts(matrix, found);
  const keys = new Set([...found.keys(), ...(expected?.keys() ?? [])]);
  for (const key of keys)
    if (found.get(key) !== expected?.get(key))
      throw new Error(`The matrix is wrong at ${key}: ${found.get(key)} instead of ${expected?.get(key)}.`);
}

async function ask(
  readStore: ReadStore,
  generation: Generation,
  knownAt: string,
): Promise<Pick<RetentionMatrix, 'rows'>> {
  const matrix = await cohortRetention(readStore, cutOf(generation, knownAt), {
    peildatum: knownAt.slice(0, 10),
    cohort: 'quarter',
    horizons: HORIZONS,
  });
  if (!('rows' in matrix)) throw new Error('A matrix that is not grouped has rows.');
  return matrix;
}

async function measure(
  readStore: ReadStore,
  generation: Generation,
  { size, rounds }: { readonly size: number; readonly rounds: number },
): Promise<readonly Measure[]> {
  const kinds = Object.entries({ now: NOW, ...PAST });
  const tookMs = new Map<string, number[]>(kinds.map(([kind]) => [kind, []]));
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (let question = 0; question < QUESTIONS; question += 1) {
      for (const [kind, moment] of kinds) {
        const started = process.hrtime.bigint();
        await ask(readStore, generation, moment);
        if (round > 0) tookMs.get(kind)?.push(Number(process.hrtime.bigint() - started) / 1e6);
      }
    }
  }
  return Object.keys(PAST).flatMap((kind) =>
    [0.5, 0.99].map((share) => {
      const value = percentile(tookMs.get(kind) ?? [], share);
      const reference = percentile(tookMs.get('now') ?? [], share);
      const ratio = value / reference;
      return {
        bench: `query: retention table as known ${kind}, p${share * 100}`,
        size,
        unit: 'ms',
        value,
        reference: { name: 'now', value: reference },
        ratio,
        aim: RATIO_AIM,
        met: ratio <= RATIO_AIM,
        peakMiB: peakMiB(),
      };
    }),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
