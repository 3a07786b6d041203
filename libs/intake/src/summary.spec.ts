import { openPool } from '@bestendig/postgres';
import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import type { ClientBase, Pool } from 'pg';
import { openIntake, type DeliveryRow, type Intake } from '.';

const OWN = 'urn:nld:oin:00000001003214345000:';
const [HR, PAYROLL, OTHER] = [
  `${OWN}systeem:hr`,
  `${OWN}systeem:payroll`,
  'urn:nld:oin:00000009999999999999:systeem:hr',
];
const PERIOD = { from: '2026-03-01', until: '2026-03-31' };

let database: TestDatabase;
let intake: Intake;
let pool: Pool;
let made: number;
beforeEach(async () => {
  database = await createTestDatabase();
  intake = await openIntake(database.url);
  pool = openPool({ databaseUrl: database.url, name: 'spec', maxConnections: 8 });
  made = 0;
});
afterEach(async () => {
  await pool.end();
  await intake.close();
  await database.drop();
});

/** Rows as they were written at some moment. */
async function received(
  receivedAt: string,
  count: number,
  given: Partial<DeliveryRow> = {},
  by: Pool | ClientBase = pool,
): Promise<void> {
  const { source = HR, outcome = 'accepted', reason = null, fields = [] } = given;
  const first = made + 1;
  made += count;
  await by.query(
    `insert into intake.delivery (origin, source, message_id, outcome, reason, fields, event_ids, received_at)
     select 'kafka:facts/0#' || n, $1, case when $1::text is not null then 'm-' || n end, $2, $3, $4, '{}', $5 from generate_series($6::int, $7) n`,
    [source, outcome, reason, fields, receivedAt, first, made],
  );
}
const counts = (given: object) => ({ accepted: 0, duplicate: 0, parked: 0, refused: 0, deadLetter: 0, ...given });

test('by source: the outcomes of each day in the Netherlands, the last message, and what was set aside most often', async () => {
  await received('2026-03-28T22:59:59Z', 2);
  await received('2026-03-28T23:00:00Z', 3, { outcome: 'duplicate' });
  await received('2026-03-29T21:59:59Z', 2, {
    outcome: 'deadLetter',
    reason: 'invalid',
    fields: ['/data/a', '/data/b'],
  });
  await received('2026-03-29T21:59:59Z', 1, {
    outcome: 'deadLetter',
    reason: 'invalid',
    fields: ['/data/b', '/data/b'],
  });
  await received('2026-03-29T22:00:00Z', 1, { outcome: 'parked', reason: 'notRegistered' });
  await received('2026-03-31T22:00:00Z', 9, { outcome: 'parked', reason: 'noContract' });
  await received('2026-02-28T22:59:59Z', 9, { outcome: 'parked', reason: 'noContract' });
  const summary = await intake.summary(PERIOD);
  expect(summary).toMatchObject({
    sourcesLeftOut: 0,
    withoutSource: { outcomes: counts({}), days: [], offenders: [] },
  });
  expect(summary.sources).toEqual([
    {
      source: HR,
      last: expect.objectContaining({
        messageId: 'm-9',
        outcome: 'parked',
        receivedAt: '2026-03-29T22:00:00.000000Z',
      }) as object,
      outcomes: counts({ accepted: 2, duplicate: 3, parked: 1, deadLetter: 3 }),
      days: [
        { day: '2026-03-30', outcomes: counts({ parked: 1 }) },
        { day: '2026-03-29', outcomes: counts({ duplicate: 3, deadLetter: 3 }) },
        { day: '2026-03-28', outcomes: counts({ accepted: 2 }) },
      ],
      offenders: [
        {
          ...{ outcome: 'deadLetter', reason: 'invalid', count: 3 },
          fields: [
            { field: '/data/b', count: 3 },
            { field: '/data/a', count: 2 },
          ],
          example: expect.objectContaining({ messageId: 'm-8', origin: 'kafka:facts/0#8' }) as object,
        },
        {
          ...{ outcome: 'parked', reason: 'notRegistered', count: 1, fields: [] },
          example: expect.objectContaining({ messageId: 'm-9' }) as object,
        },
      ],
    },
  ]);
});

test('one source, those of one organisation, or all with what names none', async () => {
  await received('2026-03-10T10:00:00Z', 1, { source: OTHER });
  await received('2026-03-11T10:00:00Z', 1, {
    source: null,
    outcome: 'refused',
    reason: 'mayHoldBsn',
    fields: ['#value'],
  });
  await received('2026-03-12T10:00:00Z', 2, { source: PAYROLL });
  await received('2026-03-13T10:00:00Z', 1);
  const named = async (filter: object) => {
    const { sources, withoutSource } = await intake.summary({ ...PERIOD, ...filter });
    return [
      sources.map(({ source }) => source),
      withoutSource?.offenders.map(({ reason, fields }) => [reason, fields]),
    ];
  };
  expect(await named({})).toEqual([[HR, PAYROLL, OTHER], [['mayHoldBsn', [{ field: '#value', count: 1 }]]]]);
  expect(await named({ source: PAYROLL })).toEqual([[PAYROLL], undefined]);
  expect(await named({ sourcePrefix: OWN })).toEqual([[HR, PAYROLL], undefined]);
  expect(await named({ sourcePrefix: OWN, source: OTHER })).toEqual([[], undefined]);
  const listed = (filter: object) => intake.list({ limit: 9, ...filter });
  expect((await listed({ sourcePrefix: OWN })).map(({ source }) => source)).toEqual([HR, PAYROLL, PAYROLL]);
  expect(await listed({ sourcePrefix: OWN, source: OTHER })).toEqual([]);
  expect(await listed({ sourcePrefix: 'urn:nld:oin:00000008888888888888:' })).toEqual([]);
});

test('what is counted once and for all is counted once, also while others write and ask', async () => {
  await received('2026-03-10T10:00:00Z', 9_000);
  await received('2026-03-10T10:00:00Z', 30, { source: null, outcome: 'refused', reason: 'mayHoldBsn' });
  const total = async (by: Intake = intake) => {
    const { sources, withoutSource } = await by.summary(PERIOD);
    return [...sources.map(({ outcomes }) => outcomes.accepted), withoutSource?.outcomes.refused];
  };
  const others = await Promise.all([openIntake(database.url), openIntake(database.url)]);
  for (const found of await Promise.all([intake, ...others, ...others].map((one) => total(one))))
    expect(found).toEqual([9_000, 30]);
  expect((await pool.query(`select sum(deliveries)::int as counted from intake.day_count`)).rows).toEqual([
    { counted: 9_030 },
  ]);
  await Promise.all([
    ...Array.from({ length: 20 }, () => received('2026-03-11T10:00:00Z', 600)),
    ...others.map((one) => total(one)),
  ]);
  expect(await Promise.all([total(), ...others.map((one) => total(one))])).toEqual(Array(3).fill([21_000, 30]));
  await Promise.all(others.map((one) => one.close()));
});

test('a writer that hangs is not waited for, and what it writes is counted when it is there', async () => {
  await received('2026-03-10T10:00:00Z', 10);
  const hanging = await pool.connect();
  await hanging.query('begin');
  await received('2026-03-10T10:00:00Z', 20, {}, hanging);
  await received('2026-03-10T11:00:00Z', 6_000);
  const accepted = async () => (await intake.summary(PERIOD)).sources[0]?.outcomes.accepted;
  expect(await accepted()).toBe(6_010);
  await hanging.query('commit');
  hanging.release();
  expect(await accepted()).toBe(6_030);
  expect(await accepted()).toBe(6_030);
});
