import { createMemoryEventStore, type EventStore } from '@bestendig/event-store';
import { runReactions } from '@bestendig/reactions';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import { FillIntake, type IntakeLedger } from './fill-intake';
import { keyId, placementStream } from './keys';
import type { FactOutcome } from './outcomes';
import { PlacementService } from './placement-service';
import { placementReactions } from './reactions';
import { contractSigned, registered, SECRET, SOURCE } from './testing/messages';

const placementOf = (key: string): string => keyId(SECRET, 'placement', SOURCE, key);

/** One row per origin, the first one written. */
function ledger() {
  const rows = new Map<string, FactOutcome>();
  const intake: IntakeLedger = {
    byOrigins: (origins) => Promise.resolve(origins.flatMap((origin) => rows.get(origin) ?? [])),
    record: (outcomes) => {
      for (const outcome of outcomes) if (!rows.has(outcome.origin)) rows.set(outcome.origin, outcome);
      return Promise.resolve();
    },
  };
  return { rows, intake };
}

let store: EventStore;
let service: PlacementService;
beforeEach(() => {
  store = createMemoryEventStore();
  service = new PlacementService({ store, secret: SECRET });
});
afterEach(() => store.close());

test('rows that a crash left out of the ledger are the ones that would have been written; rows that are there stay', async () => {
  const { rows, intake } = ledger();
  const outcomes = await service.recordHrFacts([contractSigned('job-1'), registered('job-2', 'anna'), contractSigned('job-2')]);
  const [written] = outcomes;
  if (written === undefined) throw new Error('no outcome');
  const marked = { ...written, messageId: 'as written by who recorded it' };
  await intake.record([marked]);
  const { events } = await store.readAll(null, { filter: { categories: ['placement'] } });
  const filling = new FillIntake(store, intake, 0);
  await filling.handle(events, new AbortController().signal);
  await filling.handle(events, new AbortController().signal);
  expect([...rows.values()]).toEqual([marked, ...outcomes.slice(1).map((outcome) => ({ ...outcome, position: expect.any(String) as string }))]);
});

test('a command of a person is no delivery and gets no row', async () => {
  const { rows, intake } = ledger();
  await service.recordHrFacts([registered('job-1', 'anna')]);
  const [event] = await store.readStream(placementStream(placementOf('job-1')));
  if (event === undefined) throw new Error('nothing recorded');
  await new FillIntake(store, intake, 0).handle([{ ...event, origin: 'command:SignContract' }], new AbortController().signal);
  expect(rows.size).toBe(0);
});

describe('running', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const mend = (n: number, placementId: string) =>
    service.mendLink({ source: SOURCE, key: 'job-1b', placementId, reason: 'wrongPlacement', caller: { actor: 'petra', organisation: 'local' }, idempotencyKey: `mend-${n}`, at: '2024-06-01T08:00:00.000000Z' });

  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (let i = 0; !(await holds()); i += 1) {
      if (i === 400) throw new Error('it did not happen');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  test('goes on where it was after a stop, also with mends from before that stop', async () => {
    const { intake } = ledger();
    const failures: unknown[] = [];
    const start = () => {
      const stop = new AbortController();
      const running = runReactions({ store, databaseUrl: database.url, right: 'reactions', reactions: placementReactions(store, intake), signal: stop.signal, onFailure: (_, error) => failures.push(error) });
      return async () => {
        stop.abort();
        await running;
      };
    };
    const length = async (key: string) => (await store.readStream(placementStream(placementOf(key)))).length;
    await service.recordHrFacts([registered('job-1', 'anna')]);
    await mend(1, placementOf('job-1'));
    let stop = start();
    await service.recordHrFacts([contractSigned('job-1b')]);
    await until(async () => (await length('job-1')) === 2);
    await stop();
    await store.append([{ stream: placementStream(placementOf('job-1b')), expected: 'NO_STREAM', events: [await misdirected()] }]);
    stop = start();
    await until(async () => (await length('job-1b')) === 2 && (await length('job-1')) === 3);
    await stop();
    expect(failures).toEqual([]);
  });

  /** As a writer leaves it that read the link before it was mended and was slow to append. */
  async function misdirected() {
    const other = createMemoryEventStore();
    await new PlacementService({ store: other, secret: SECRET }).recordHrFacts([contractSigned('job-1b', { messageId: 'late' })]);
    const [event] = await other.readStream(placementStream(placementOf('job-1b')));
    await other.close();
    if (event === undefined) throw new Error('nothing recorded');
    const { id, type, schemaVersion, data, ...meta } = event;
    return { id, type, schemaVersion, data, meta };
  }
});
