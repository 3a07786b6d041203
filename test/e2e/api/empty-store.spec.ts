import { listAt, startApi, type RunningApi } from './running-api';

let api: RunningApi;
beforeAll(async () => (api = await startApi({ projector: true })));
afterAll(() => api.stop());

test.each([
  ['/v1/cohort-retention', 'rows'],
  ['/v1/duurzaamheid', 'rows'],
  ['/v1/placements', 'placements'],
  ['/v1/parked-facts', 'parkedFacts'],
])('before the first fact %s answers that there is nothing', async (path, list) => {
  const reply = await api.get(path);
  expect(reply.status).toBe(200);
  expect(listAt(reply.body, list)).toEqual([]);
});
