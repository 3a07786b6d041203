import { Client } from 'pg';
import { hrMessage, registered, signed, SOURCE } from './messages';
import { at, listAt, startApi, textAt, type RunningApi } from './running-api';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const ONE = 'application/cloudevents+json';
const publishOne = (message: unknown) => api.post('/v1/hr-facts', { body: message, type: ONE });

test('a message is accepted, stands in the history of its placement, and is a duplicate when it is published again', async () => {
  const message = registered('first-1', 'person-1');
  const first = await publishOne(message);
  expect(first).toMatchObject({ status: 200, body: { results: [{ index: 0, id: message.id, source: SOURCE, outcome: 'accepted', reason: null }] } });
  const result = at(first.body, 'results', 0);
  const history = await api.get(`/v1/placements/${textAt(result, 'placementId')}/history`);
  expect(history.body).toMatchObject({ definition: 'placement-history/1', facts: [{ messageId: message.id, source: SOURCE, actor: 'local', verdict: 'stands', reportedAt: '2025-06-02T08:30:00.000000Z' }] });
  const again = at((await publishOne(message)).body, 'results', 0);
  expect(again).toEqual({ ...Object(result), outcome: 'duplicate', first: { outcome: 'accepted', reason: null } });
});

test('of what happened to a message one can ask at any time: first, at each delivery, and now', async () => {
  const contract = signed('later-1', '2023-03-01');
  await publishOne(contract);
  await publishOne(registered('later-1', 'person-1'));
  await publishOne(contract);
  const asked = await api.get(`/v1/intake/_search?source=${encodeURIComponent(SOURCE)}&id=${contract.id}`);
  expect(asked.body).toMatchObject({ first: { outcome: 'parked', reason: 'notRegistered' }, deliveries: [{ outcome: 'parked' }, { outcome: 'duplicate' }], now: { facts: [{ verdict: 'stands' }] } });
});

test('in a batch each message has its own result, and a bad one does not hurt the others', async () => {
  const reused = registered('batch-2', 'person-2');
  const results = await api.publish(
    registered('batch-1', 'person-1'),
    { specversion: '1.0' },
    signed('batch-1', '2023-03-01'),
    reused,
    { ...reused, data: { ...reused.data, region: 'AM01' } },
    hrMessage('ContractEnded', 'batch-1', { effectiveDate: '2023-13-45' }),
    'no message at all',
  );
  expect(results.map((result) => [at(result, 'index'), at(result, 'outcome'), at(result, 'reason')])).toEqual([
    [0, 'accepted', null],
    [1, 'refused', 'invalid'],
    [2, 'accepted', null],
    [3, 'accepted', null],
    [4, 'refused', 'idReusedWithOtherContent'],
    [5, 'refused', 'invalid'],
    [6, 'refused', 'invalid'],
  ]);
  expect(listAt(results[5], 'errors')).toMatchObject([{ pointer: '/data/effectiveDate', code: 'notADate' }]);
});

test('one message alone that is not right is a problem with every error and where it is', async () => {
  const wrong = { ...registered('one-1', 'p'), source: 'somebody', data: { employment: 'one-1', sector: 'moon' } };
  const reply = await publishOne(wrong);
  expect(reply.headers.get('content-type')).toContain('application/problem+json');
  expect(reply).toMatchObject({ status: 400, body: { status: 400, code: 'invalid', title: expect.any(String) as string, detail: expect.any(String) as string } });
  const pointers = listAt(reply.body, 'errors').map((error) => textAt(error, 'pointer'));
  expect(pointers).toEqual(expect.arrayContaining(['/source', '/data/sector', '/data/person', '/data/effectiveDate', '/data/employer']));
  expect(reply.text).not.toContain('moon');
});

test('validating says the same and stores nothing', async () => {
  const batch = [registered('dry-1', 'person-1'), signed('dry-1', '2023-03-01'), { specversion: '1.0' }, signed('dry-2', '2023-03-01')];
  const said = await api.post('/v1/hr-facts/_validate', { body: batch, type: 'application/cloudevents-batch+json' });
  const found = await api.get(`/v1/intake/_search?source=${encodeURIComponent(SOURCE)}&id=${textAt(batch[0], 'id')}`);
  expect(found.body).toMatchObject({ first: null, deliveries: [], now: null });
  const done = await api.publish(...batch);
  const outcomes = (results: readonly unknown[]) => results.map((result) => ['outcome', 'reason', 'placementId', 'eventIds', 'errors'].map((field) => at(result, field)));
  expect(outcomes(listAt(said.body, 'results'))).toEqual(outcomes(done));
});

test('a batch has 1 to 1,000 messages, in the content type that says so', async () => {
  const batch = (count: number) => api.post('/v1/hr-facts', { body: Array.from({ length: count }, (_, n) => signed(`many-${n % 50}`, '2023-03-01')), type: 'application/cloudevents-batch+json' });
  expect((await batch(0)).status).toBe(400);
  expect((await batch(1001)).body).toMatchObject({ code: 'invalid', errors: [{ pointer: '', code: 'outOfRange' }] });
  const thousand = await batch(1000);
  expect(listAt(thousand.body, 'results').filter((result) => at(result, 'outcome') !== 'parked')).toEqual([]);
  expect((await api.post('/v1/hr-facts', { body: {}, type: 'application/json' })).status).toBe(415);
  expect((await api.post('/v1/hr-facts', { body: '{"specversion":', type: ONE })).body).toMatchObject({ code: 'invalid', errors: [{ code: 'notJson' }] });
  expect((await api.post('/v1/hr-facts', { body: 'x'.repeat(300_000), type: ONE })).body).toMatchObject({ status: 413, code: 'bodyTooLarge' });
});

test('two first facts of one key that race give one placement', async () => {
  const racing = Array.from({ length: 10 }, (_, n) => [registered('race-1', 'person-9', { hoursPerWeek: 20 + n }), signed('race-1', `2023-03-${10 + n}`)]);
  const results = (await Promise.all(racing.map((batch) => api.publish(...batch)))).flat();
  expect(new Set(results.map((result) => textAt(result, 'placementId'))).size).toBe(1);
  const history = await api.get(`/v1/placements/${textAt(results[0], 'placementId')}/history`);
  expect(listAt(history.body, 'facts')).toHaveLength(20);
  expect(listAt(history.body, 'facts').filter((fact) => at(fact, 'type') === 'PlacementRegistered' && at(fact, 'verdict') === 'stands')).toHaveLength(1);
});

test('a rehire under a new key is a new placement of the same person', async () => {
  const results = await api.publish(registered('job-1', 'person-7'), registered('job-2', 'person-7'));
  const placements = await Promise.all(results.map((result) => api.get(`/v1/placements/${textAt(result, 'placementId')}`)));
  expect(placements[0]?.body).not.toMatchObject({ placementId: at(placements[1]?.body, 'placementId') });
  expect(textAt(placements[0]?.body, 'registration', 'candidateId')).toBe(textAt(placements[1]?.body, 'registration', 'candidateId'));
});

describe('a message that may hold a BSN', () => {
  // Nine digits that pass the eleven test; nobody's.
  const BSN = '111222333';

  test('is refused wherever the number is, and no copy of it is kept', async () => {
    const message = registered('bsn-1', 'person-1');
    const holding: readonly unknown[] = [
      { ...message, id: `a-${BSN}` },
      { ...message, data: { ...message.data, person: BSN } },
      { ...message, data: { ...message.data, employment: '111.222.333' } },
      { ...message, data: { ...message.data, [BSN]: 1 } },
      { ...message, data: { ...message.data, note: `bsn ${BSN}` } },
    ];
    for (const one of holding) expect(await publishOne(one)).toMatchObject({ status: 400, body: { code: 'mayHoldBsn' } });
    const results = await api.publish(...holding, message);
    expect(results.map((result) => at(result, 'reason'))).toEqual([...holding.map(() => 'mayHoldBsn'), null]);
    expect(JSON.stringify(results)).not.toContain(BSN);
    expect(await everythingStored()).not.toMatch(/111.?222.?333/);
  });

  test('is refused in a header, a query, a path and the body of a command too', async () => {
    const result = (await api.publish(registered('bsn-2', 'person-1')))[0];
    const path = `/v1/placements/${textAt(result, 'placementId')}/work-changed`;
    const body = { effectiveDate: '2024-01-01', departmentCode: 'archief' };
    expect((await api.command(path, body, { 'idempotency-key': BSN })).body).toMatchObject({ code: 'mayHoldBsn' });
    expect((await api.command(path, { ...body, taskCode: BSN })).body).toMatchObject({ code: 'mayHoldBsn' });
    expect((await api.get(`/v1/intake/_search?source=${encodeURIComponent(SOURCE)}&id=${BSN}`)).body).toMatchObject({ code: 'mayHoldBsn', errors: [{ pointer: '#query' }] });
    expect((await api.get(`/v1/placements/${BSN}`)).body).toMatchObject({ code: 'mayHoldBsn', errors: [{ pointer: '#path' }] });
    expect((await api.command(path, body)).status).toBe(200);
    expect(await everythingStored()).not.toMatch(/111.?222.?333/);
  });

  /** Every row of every table, as text. */
  async function everythingStored(): Promise<string> {
    const client = new Client({ connectionString: api.databaseUrl });
    await client.connect();
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) texts.push(JSON.stringify((await client.query(`select t::text from ${name} t`)).rows), JSON.stringify((await client.query(`select * from ${name}`)).rows.map(decoded)));
    await client.end();
    expect(tables.length).toBeGreaterThan(5);
    return texts.join('\n');
  }

  const decoded = (row: object): object => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString('latin1') : value]));
});
