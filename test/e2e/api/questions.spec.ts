import { hrMessage, registered, signed, SOURCE } from './messages';
import { at, listAt, startApi, textAt, type Reply, type RunningApi } from './running-api';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({ projector: true });
});
afterAll(() => api.stop());

/** Position of the last of these messages: what a reader waits for. */
async function publish(...messages: readonly unknown[]): Promise<string> {
  const results = await api.publish(...messages);
  expect(results.map((result) => at(result, 'outcome'))).not.toContain('refused');
  return textAt(results.at(-1), 'position');
}

const nextOf = ({ headers }: Reply): string | null => /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? null;

const cell = (body: unknown, cohort: string, horizon: number): unknown => {
  const row = listAt(body, 'rows').find((one) => at(one, 'cohort') === cohort);
  return row === undefined ? undefined : listAt(row, 'cells').find((one) => at(one, 'horizon') === horizon);
};

test('one reads what one wrote: the figure moves, and the one from before can be asked again', async () => {
  const before = await publish(registered('own-1', 'person-1'), signed('own-1', '2021-01-04'));
  const first = await api.get(`/v1/cohort-retention?minPosition=${before}&cohort=year&horizons=12&peildatum=2023-01-01`, { prefer: 'wait=10' });
  expect(first).toMatchObject({ status: 200, body: { definition: 'cohort-retention/1', peildatum: '2023-01-01', observedThrough: { lowest: '2023-01-01' }, cohort: 'year', asReported: false } });
  expect(cell(first.body, '2021', 12)).toMatchObject({ mature: 1, retained: 1, lost: 0 });
  const after = await publish(hrMessage('ContractEnded', 'own-1', { effectiveDate: '2021-06-30', endCode: '20' }));
  const second = await api.get(`/v1/cohort-retention?minPosition=${after}&cohort=year&horizons=12&peildatum=2023-01-01`, { prefer: 'wait=10' });
  expect(cell(second.body, '2021', 12)).toMatchObject({ mature: 1, retained: 0, lost: 1 });
  const again = await api.get(`/v1/cohort-retention?knownAt=${textAt(first.body, 'knownAt')}&cohort=year&horizons=12&peildatum=2023-01-01`);
  expect(again.text).toBe(first.text);
  expect(again.headers.get('projection-version')).toMatch(/\S/);
  expect(again.headers.get('projection-position')).toBe(after);
  expect(again.headers.get('projection-quarantined')).toBe('0');
});

describe('a renewal is one chain', () => {
  const renewal = (employment: string, endCode: '90' | '92') =>
    hrMessage('EmploymentContinued', employment, { effectiveDate: '2018-12-31', lastDay: '2018-12-31', endCode, successorEmployment: `${employment}-next` });
  const old = (employment: string) => [registered(employment, employment), signed(employment, '2018-01-01', '2018-12-31')];
  const next = (employment: string) => [registered(`${employment}-next`, employment), signed(`${employment}-next`, '2019-01-01')];

  test.each(['90', '92'] as const)('whether code %s or the next employment arrives first', async (endCode) => {
    const mature = async (position: string) => cell((await api.get(`/v1/duurzaamheid?minPosition=${position}&cohort=year&horizons=24&peildatum=2021-01-01`, { prefer: 'wait=10' })).body, '2018', 24);
    const [one, other] = [`renewed-${endCode}-a`, `renewed-${endCode}-b`];
    const counted = Number(at(await mature(await publish(...old('nobody-else'))), 'stillInWork') ?? 0);
    const first = await publish(...old(one), renewal(one, endCode), ...next(one));
    expect(at(await mature(first), 'stillInWork')).toBe(counted + 1);
    const second = await publish(...next(other), renewal(other, endCode), ...old(other));
    expect(at(await mature(second), 'stillInWork')).toBe(counted + 2);
    const retention = await api.get(`/v1/cohort-retention?minPosition=${second}&cohort=year&horizons=12&peildatum=2021-01-01`, { prefer: 'wait=10' });
    // The second employment of each has no row of its own.
    expect(cell(retention.body, '2019', 12)).toBeUndefined();
  });
});

test('a list is read page by page at one moment, whatever is recorded meanwhile', async () => {
  const position = await publish(...Array.from({ length: 7 }, (_, n) => registered(`page-${n}`, 'person-2', { region: 'AM38' })));
  const first = await api.get(`/v1/placements?region=AM38&limit=3&minPosition=${position}`, { prefer: 'wait=10' });
  expect(first.body).toMatchObject({ definition: 'placements/1', placements: [{ region: 'AM38', sector: 'gemeenten' }, {}, {}] });
  await publish(registered('page-late', 'person-2', { region: 'AM38' }));
  const pages = [first];
  for (let link = nextOf(first); link !== null; link = nextOf(pages.at(-1) ?? first)) pages.push(await api.get(link));
  const ids = pages.flatMap(({ body }) => listAt(body, 'placements').map((placement) => textAt(placement, 'placementId')));
  expect(pages).toHaveLength(3);
  expect([new Set(ids).size, ids.length]).toEqual([7, 7]);
  expect(new Set(pages.map(({ body }) => textAt(body, 'knownAt'))).size).toBe(1);
  expect(await api.get(`${nextOf(first) ?? ''}&knownAt=2001-01-01T00:00:00Z`)).toMatchObject({ status: 400, body: { errors: [{ pointer: '#query/cursor' }] } });
  expect(await api.get('/v1/placements?cursor=none&limit=0')).toMatchObject({ status: 400, body: { code: 'invalid' } });
});

test('placements are found by the key of a source, which is in no answer', async () => {
  const position = await publish(registered('search-key-1', 'search-person-1'), registered('search-key-2', 'search-person-1'));
  const search = (body: unknown) => api.post(`/v1/placements/_search?minPosition=${position}`, { body, headers: { prefer: 'wait=10' } });
  const byJob = await search({ source: SOURCE, employment: 'search-key-1' });
  expect(listAt(byJob.body, 'placements')).toHaveLength(1);
  const byPerson = await search({ source: SOURCE, person: 'search-person-1' });
  expect(listAt(byPerson.body, 'placements')).toHaveLength(2);
  const candidateId = textAt(byPerson.body, 'placements', 0, 'candidateId');
  expect((await search({ candidateId })).text).toBe(byPerson.text);
  expect(listAt((await search({ source: SOURCE, employment: 'search-key-2', candidateId })).body, 'placements')).toHaveLength(1);
  expect(listAt((await search({ source: SOURCE, employment: 'nobody' })).body, 'placements')).toEqual([]);
  expect(byJob.text + byPerson.text).not.toContain('search-');
  expect(await search({ employment: 'search-key-1' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/source', code: 'required' }] } });
  expect((await search({})).status).toBe(400);
});

test('parked facts are listed with their reason until what they wait for has come', async () => {
  const contract = signed('parked-1', '2023-03-01');
  const parkedAt = await publish(contract);
  const list = (position: string) => api.get(`/v1/parked-facts?reason=notRegistered&minPosition=${position}`, { prefer: 'wait=10' });
  const mine = async (position: string) => listAt((await list(position)).body, 'parkedFacts').filter((fact) => at(fact, 'messageId') === contract.id);
  expect(await mine(parkedAt)).toMatchObject([{ type: 'ContractSigned', reason: 'notRegistered', source: SOURCE, effectiveDate: '2023-03-01' }]);
  expect(await mine(await publish(registered('parked-1', 'person-3')))).toEqual([]);
});

test('every measure states what it rests on, and refuses a moment that is not yet known', async () => {
  const { body } = await api.get('/v1/duurzaamheid');
  for (const field of ['definition', 'knownAt', 'peildatum', 'observedThrough', 'peildatumCutBack', 'leftOut', 'ownReadings', 'horizons']) expect(at(body, field)).toBeDefined();
  expect(at(body, 'horizons')).toEqual([6, 12, 24]);
  const late = await api.get('/v1/duurzaamheid?peildatum=2090-01-01');
  expect(late.body).toMatchObject({ peildatum: '2090-01-01', peildatumCutBack: true });
  for (const path of ['cohort-retention', 'duurzaamheid', 'placements', 'parked-facts']) {
    expect(await api.get(`/v1/${path}?knownAt=2090-01-01T00:00:00Z`)).toMatchObject({ status: 409, body: { code: 'notYetKnown' } });
    expect((await api.get(`/v1/${path}?knownAt=2024-01-01`)).status).toBe(400);
    expect(await api.get(`/v1/${path}?minPosition=nonsense`)).toMatchObject({ status: 400, body: { code: 'positionUnknown' } });
  }
  const wrong = await api.get('/v1/cohort-retention?peildatum=2024-02-30&cohort=week&horizons=a&groupBy=name');
  expect(listAt(wrong.body, 'errors').map((error) => textAt(error, 'pointer')).sort()).toEqual(['#query/cohort', '#query/groupBy', '#query/horizons', '#query/peildatum']);
  const unknown = await api.get('/v1/cohort-retention?knownat=2024-01-01&page2=1&J.%20de%20Vries=1');
  expect(unknown).toMatchObject({ status: 400, body: { errors: [{ pointer: '#query/knownat', code: 'unknownField' }, { pointer: '#query/page2' }, { pointer: '#query/*', code: 'unknownField' }] } });
});

test('retention can be grouped, and the projections say how far they are', async () => {
  const grouped = await api.get('/v1/cohort-retention?groupBy=sector');
  expect(grouped.body).toMatchObject({ groupBy: 'sector', groups: [{ group: 'gemeenten' }] });
  expect((await api.get('/v1/projections')).body).toMatchObject({ projections: [{ state: 'live', isCurrentVersion: true, lag: { atLeast: false } }] });
});
