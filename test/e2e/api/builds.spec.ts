import { openEventStore } from '@bestendig/event-store';
import { rebuild } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import { registered, signed } from './messages';
import { at, listAt, startApi, textAt, type RunningApi } from './running-api';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({ projector: true });
  const results = await api.publish(registered('1', '1'), signed('1', '2023-01-02'));
  expect((await api.get(`/v1/placements?minPosition=${textAt(results.at(-1), 'position')}`, { prefer: 'wait=10' })).status).toBe(200);
});
afterAll(() => api.stop());

const builds = async (): Promise<readonly string[]> => listAt((await api.get('/v1/projections')).body, 'projections').map((build) => `${textAt(build, 'state')} ${textAt(build, 'schema')}`);

async function rebuilt(signal?: AbortSignal): Promise<void> {
  const store = await openEventStore(api.log);
  await rebuild({ set: READ_MODELS, store, databaseUrl: api.databaseUrl, ...(signal && { signal }) });
  await store.close();
}

test('the build before is gone back to, and there and back again', async () => {
  expect(await api.post('/v1/projections/_roll-back', {})).toMatchObject({ status: 409, body: { code: 'nothingToGoBackTo' } });
  await rebuilt();
  expect(await api.post('/v1/projections/_roll-back', {})).toMatchObject({ status: 200, body: { live: 'read_model_1' } });
  expect(await builds()).toEqual(['live read_model_1', 'kept read_model_2']);
  expect(await api.post('/v1/projections/_roll-back', {})).toMatchObject({ status: 200, body: { live: 'read_model_2' } });
  expect(at((await api.get('/v1/placements')).body, 'placements')).toHaveLength(1);
});

test('a rebuild that was left is removed', async () => {
  expect(await api.post('/v1/projections/_cancel-rebuild', {})).toMatchObject({ status: 200, body: { cancelled: false } });
  await rebuilt(AbortSignal.abort());
  expect(await builds()).toHaveLength(3);
  expect(await api.post('/v1/projections/_cancel-rebuild', {})).toMatchObject({ status: 200, body: { cancelled: true } });
  expect(await builds()).toHaveLength(2);
});

test('a rebuild that is asked for over HTTP is carried out and told of', async () => {
  const asked = await api.post('/v1/projections/_verify', {});
  expect(asked).toMatchObject({ status: 202, body: { state: 'requested' } });
  expect(asked.headers.get('location')).toBe('/v1/projections/rebuilds');
  const latest = async () => listAt((await api.get('/v1/projections/rebuilds')).body, 'rebuilds')[0];
  while (textAt(await latest(), 'state') !== 'verified') await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await latest()).toMatchObject({ number: at(asked.body, 'rebuild'), onlyVerify: true, result: { compared: 'sameAsLive', differences: [] } });
  expect(await api.post('/v1/projections/_rebuild', { body: { approve: 'yes' } })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/approve' }] } });
  expect(await api.post('/v1/projections/_approve-rebuild', {})).toMatchObject({ status: 409, body: { code: 'nothingToApprove' } });
  expect(await api.post('/v1/projections/_rebuild', { body: { approve: true } })).toMatchObject({ status: 202 });
  while (textAt(await latest(), 'state') !== 'switched') await new Promise((resolve) => setTimeout(resolve, 50));
  expect(at((await api.get('/v1/placements')).body, 'placements')).toHaveLength(1);
});
