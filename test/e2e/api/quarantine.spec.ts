import { Client } from 'pg';
import { registered, signed } from './messages';
import { at, listAt, startApi, textAt, type Reply, type RunningApi } from './running-api';

const LIST = '/v1/quarantined-placements';
let api: RunningApi;
let placements: readonly string[];
beforeAll(async () => {
  api = await startApi({ projector: true });
  const results = await api.publish(...['1', '2', '3'].flatMap((name) => [registered(name, name), signed(name, '2023-01-02')]));
  placements = [...new Set(results.map((result) => textAt(result, 'placementId')))].sort();
  expect((await api.get(`/v1/placements?minPosition=${textAt(results.at(-1), 'position')}`, { prefer: 'wait=10' })).status).toBe(200);
});
afterAll(() => api.stop());

/** As if a fold had thrown at their second event, in a program that is mended since. */
async function quarantine(placementIds: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: api.databaseUrl });
  await client.connect();
  await client.query(
    `insert into read_store.quarantine (generation, placement_id, event_id, event_type, revision, known_time, thrown_at, error, retry_at)
     select number, id, 'an event', 'ContractSigned', 1, applied_known_time, applied_known_time, 'TypeError: no such thing', now() + interval '1 day'
     from read_store.generation cross join unnest($1::uuid[]) id where state = 'live'`,
    [placementIds],
  );
  await client.end();
}

const listed = ({ body }: Reply): readonly unknown[] => listAt(body, 'quarantinedPlacements').map((one) => at(one, 'placementId'));

test('every answer says how many placements are in quarantine and where they are listed, until they are folded again', async () => {
  expect(await api.get(LIST)).toMatchObject({ status: 200, body: { quarantinedPlacements: [] } });
  expect((await api.get('/v1/health')).body).toEqual({ status: 'up', quarantined: 0 });
  await quarantine(placements);
  expect(await api.get('/v1/health')).toMatchObject({ status: 200, body: { status: 'degraded', quarantined: 3 } });
  for (const path of ['/v1/placements', '/v1/parked-facts', '/v1/cohort-retention', '/v1/duurzaamheid', '/v1/placements?limit=1']) {
    const { status, headers } = await api.get(path);
    expect([path, status, headers.get('projection-quarantined')]).toEqual([path, 200, '3']);
    expect(headers.get('link')).toContain(`<${LIST}>; rel="quarantined"`);
  }
  expect((await api.get('/v1/placements?limit=1')).headers.get('link')).toContain('; rel="next"');

  const first = await api.get(`${LIST}?limit=2`);
  expect(at(first.body, 'quarantinedPlacements', 0)).toEqual({
    ...{ placementId: placements[0], eventId: 'an event', eventType: 'ContractSigned', knownTime: expect.any(String) as string },
    ...{ error: 'TypeError: no such thing', attempts: 0, quarantinedAt: expect.any(String) as string, retryAt: expect.any(String) as string },
  });
  const second = await api.get(/^<([^>]*)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '');
  expect([...listed(first), ...listed(second)]).toEqual(placements);
  expect(second.headers.get('link')).toBeNull();

  const some = await api.post(`${LIST}/_redrive`, { body: { placementIds: placements.slice(0, 1) } });
  expect(some).toMatchObject({ status: 200, body: { redriven: 1 } });
  await untilListed(placements.slice(1));
  expect(await api.post(`${LIST}/_redrive`, {})).toMatchObject({ status: 200, body: { redriven: 2 } });
  await untilListed([]);
  expect((await api.get('/v1/placements')).headers.get('projection-quarantined')).toBe('0');
  expect((await api.get('/v1/health')).body).toEqual({ status: 'up', quarantined: 0 });
});

test('what the paths do not take is refused', async () => {
  expect(await api.get(`${LIST}?cursor=none&limit=5`)).toMatchObject({ status: 400, body: { errors: [{ pointer: '#query/cursor' }] } });
  expect(await api.get(`${LIST}?limit=0`)).toMatchObject({ status: 400, body: { errors: [{ pointer: '#query/limit' }] } });
  expect(await api.get(`${LIST}?knownAt=2024-01-01T00:00:00Z`)).toMatchObject({ status: 400, body: { errors: [{ pointer: '#query/knownAt' }] } });
  for (const body of [{ placementIds: ['one'] }, { placementIds: 'all' }, { placements: [] }, []])
    expect(await api.post(`${LIST}/_redrive`, { body })).toMatchObject({ status: 400, body: { code: 'invalid' } });
  expect(await api.post(`${LIST}/_redrive`, { body: { placementIds: [] } })).toMatchObject({ status: 200, body: { redriven: 0 } });
});

async function untilListed(expected: readonly string[]): Promise<void> {
  for (;;) {
    const found = listed(await api.get(LIST));
    if (found.length === expected.length) return expect(found).toEqual(expected);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
