import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '@bestendig/event-store';
import { addDays, PERSON_PLACEMENTS_MAX } from '@bestendig/placement-domain';
import {
  connectForParts,
  copyStep,
  foldPart,
  quarantinedOf,
  rebuild,
  type ProjectionSet,
  type RebuildOptions,
} from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { openReadStore } from '@bestendig/read-store';
import { contractEnded, createTestDatabase, fact, registered, signed, type TestDatabase } from '@bestendig/testing';
import type { Client } from 'pg';
import { forget, projectAll, rowsAtOnce, rowsIn } from './built-rows';
import { poisoned } from './poisoned-set';
import { storeOf, uuidOf, type LoggedEvent } from './random-logs';
import { ToldLog } from './told-log';

/** So many placements of one person are read and folded in three slices. */
const PLACEMENTS = 1_300;
const PAGE_EVENTS = 400;

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = await connectForParts(database.url);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});
beforeEach(() => forget(database.url));

/** One key that stands for everybody, and what became of its placements. */
class OneKey {
  private readonly told = new ToldLog();
  readonly log: LoggedEvent[] = [];

  constructor(
    /** Each begins on the day after the one before ended, at the same employer: a chain, were it one person. */
    private readonly isOneChain: boolean,
  ) {}

  readonly named = (number: number): string => uuidOf(`placement ${number}`);

  opened(hour: number, from: number, until: number): this {
    for (let number = from; number < until; number += 1) {
      const employerId = this.isOneChain ? 'kvk:10000001' : `kvk:${10_000_000 + number}`;
      const firstDay = addDays('2010-01-01', 3 * number);
      this.tell(
        this.told.at(hour, this.named(number), registered({ candidateId: uuidOf('unknown'), employerId })),
        this.told.at(hour, this.named(number), signed(firstDay)),
        this.told.at(hour, this.named(number), contractEnded(addDays(firstDay, 2), '30')),
      );
    }
    return this;
  }

  /** From one key to another. */
  moved(hour: number, numbers: readonly number[], person: (number: number) => string): this {
    for (const number of numbers) this.tell(this.told.moved(hour, this.named(number), uuidOf(person(number))));
    return this;
  }

  changed(hour: number, numbers: readonly number[]): this {
    const change = fact('HoursChanged', { effectiveDate: '2010-02-01', hoursPerWeek: 12 });
    for (const number of numbers) this.tell(this.told.at(hour, this.named(number), change));
    return this;
  }

  private tell(...events: readonly LoggedEvent[]): void {
    this.log.push(...events);
  }
}

const range = (from: number, until: number): readonly number[] =>
  Array.from({ length: until - from }, (_, index) => from + index);

/** More and fewer than can be joined, in turns: placements leave for persons of their own and for persons of several, and come back. */
function turns(isOneChain: boolean): OneKey {
  return new OneKey(isOneChain)
    .opened(1, 0, PERSON_PLACEMENTS_MAX)
    .changed(2, [3, 150])
    .opened(3, PERSON_PLACEMENTS_MAX, 700)
    .moved(4, range(20, 60), (number) => `known ${number}`)
    .moved(4, range(60, 90), (number) => `known ${number % 7}`)
    .changed(5, [5, 65, 300])
    .opened(6, 700, PLACEMENTS - 250)
    .moved(7, range(100, 1_000), (number) => `known ${number % 400}`)
    .changed(8, [4, 101, 1_010])
    .moved(9, [101, 102, 501], () => 'unknown')
    .opened(10, PLACEMENTS - 250, PLACEMENTS)
    .changed(11, [2, 101, 1_020, PLACEMENTS - 1]);
}

type Folders = NonNullable<RebuildOptions['folders']>;

/** As a rebuild from EventStoreDB does. */
const fromCopy = (store: EventStore, copyFolder: string): Folders => ({
  count: 1,
  copyFolder,
  copy: (task) => copyStep({ store, client }, task),
  fold: (task) => foldPart({ set: READ_MODELS, store: null, client }, task),
});

test.each([true, false])(
  'a rebuild folds a person of hundreds of placements in slices, to the rows that live has (one chain: %s)',
  async (isOneChain) => {
    const { log } = turns(isOneChain);
    const atOnce = await rowsAtOnce(database.url, log);
    const store = await storeOf(log);
    await projectAll(database.url, store, PAGE_EVENTS);
    expect(await rowsIn(database.url, 'read_model_1')).toEqual(atOnce);
    const switched = { outcome: 'switched', compared: 'sameAsLive', events: log.length };
    expect(await rebuild({ set: READ_MODELS, store, databaseUrl: database.url })).toMatchObject(switched);
    expect(await rowsIn(database.url, 'read_model_2')).toEqual(atOnce);
    const folder = mkdtempSync(join(tmpdir(), 'bestendig-copies-'));
    try {
      const folders = fromCopy(store, folder);
      expect(await rebuild({ set: READ_MODELS, store, databaseUrl: database.url, folders })).toMatchObject(switched);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expect(await rowsIn(database.url, 'read_model_3')).toEqual(atOnce);
    const unjoined = atOnce['chain']?.filter((row) => row.includes('personOfTooManyPlacements')) ?? [];
    expect(unjoined.length).toBeGreaterThan(PLACEMENTS / 2);
  },
);

test('what throws of such a person is found in slices as live finds it', async () => {
  // In few events of one moment: to find which of many it is takes long.
  const { log, named } = new OneKey(false)
    .opened(1, 0, 40)
    .opened(2, 40, 150)
    .opened(3, 150, 560)
    .changed(4, [3, 30, 250])
    .moved(5, range(20, 40), (number) => `known ${number % 7}`)
    .changed(6, [26, 400]);
  const eventOf = (number: number, revision: number): string => uuidOf(`${named(number)} ${revision}`);
  const set = poisoned({
    events: new Set([eventOf(3, 3), eventOf(250, 1), eventOf(26, 4)]),
    chainsOf: new Set([7, 33, 320].map(named)),
  });
  const store = await storeOf(log);
  await projectAll(database.url, store, PAGE_EVENTS, set);
  const live = await quarantined(set);
  expect(live.length).toBe(6);
  expect(await rebuild({ set, store, databaseUrl: database.url })).toMatchObject({ compared: 'sameAsLive' });
  expect(await quarantined(set)).toEqual(live);
});

async function quarantined(set: ProjectionSet): Promise<readonly string[]> {
  const readStore = await openReadStore(database.url);
  try {
    const { items } = await quarantinedOf(set, readStore, { limit: 1_000 });
    return items.map(({ placementId, eventId, error }) => `${placementId} ${eventId} ${error}`);
  } finally {
    await readStore.close();
  }
}
