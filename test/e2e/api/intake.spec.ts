import { parseTokens } from '@bestendig/api';
import { amsterdamDay } from '@bestendig/duurzaamheid-domain';
import { openIntake, type DeliveryRow, type Intake } from '@bestendig/intake';
import { at, listAt, startApi, textAt, type Reply, type RunningApi } from './running-api';

const [HR, PAYROLL] = ['hr', 'payroll'].map((name) => `urn:nld:oin:00000001003214345000:systeem:${name}`);
const OTHER = 'urn:nld:oin:00000009999999999000:systeem:hr';
const BEARER = { authorization: 'Bearer token-of-the-hr-system' };

let api: RunningApi;
/** The same rows, asked for with tokens. */
let guarded: RunningApi;
let intake: Intake;
let guardedIntake: Intake;
beforeAll(async () => {
  api = await startApi();
  guarded = await startApi({ host: '0.0.0.0', tokens: parseTokens('token-of-the-hr-system:hr:00000001003214345000') });
  intake = await openIntake(api.databaseUrl);
  guardedIntake = await openIntake(guarded.databaseUrl);
  await write(intake);
  await write(guardedIntake);
});
afterAll(async () => {
  await intake.close();
  await guardedIntake.close();
  await api.stop();
  await guarded.stop();
});

const origin = (offset: number) => `kafka:bestendig.hr-facts.v1/0#${offset}`;

const row = (offset: number, given: Partial<DeliveryRow> = {}): DeliveryRow => ({
  ...{
    origin: origin(offset),
    source: HR ?? '',
    messageId: `m-${offset}`,
    outcome: 'accepted',
    reason: null,
    fields: [],
  },
  ...{ digest: 'ab', placementId: null, eventIds: [], recordedAt: null, ...given },
});
const deadLetter = (code: string, fields: readonly string[]) => ({
  outcome: 'deadLetter' as const,
  reason: code,
  fields,
});

/** As hr-ingest does: letters, then rows. */
async function write(ledger: Intake): Promise<void> {
  const rows = [
    row(1),
    row(2, { messageId: 'm-1', outcome: 'duplicate' }),
    row(3, deadLetter('invalid', ['/data/sector', '/data/region'])),
    row(4, deadLetter('invalid', ['/data/sector'])),
    row(5, { ...deadLetter('invalid', ['/id']), messageId: null }),
    row(6, { outcome: 'parked', reason: 'notRegistered' }),
    row(7, { source: PAYROLL ?? '', ...deadLetter('idReusedWithOtherContent', ['/id']) }),
    row(8, { source: OTHER, ...deadLetter('invalid', ['/source']) }),
    row(9, { source: null, messageId: null, ...deadLetter('notJson', []) }),
    row(10, { source: null, messageId: null, outcome: 'refused', reason: 'mayHoldBsn', fields: ['#value'] }),
  ];
  const letters = rows.filter(({ outcome }) => outcome === 'deadLetter');
  await ledger.deadLetters.record(
    letters.map(({ origin: of, reason }, n) => ({
      origin: of,
      topic: 'bestendig.hr-facts.v1.DLT',
      partition: 0,
      offset: String(n),
      cycle: 0,
      code: reason ?? '',
    })),
  );
  await ledger.record(rows);
}

const path = (name: string, parameters: Readonly<Record<string, string>> = {}) =>
  `/v1/intake${name}?${new URLSearchParams(parameters).toString()}`;
const next = ({ headers }: Reply): string | null =>
  /^<([^>]*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? null;
const origins = (reply: Reply, list: string) => listAt(reply.body, list).map((one) => textAt(one, 'origin'));
const at1 = (...offsets: readonly number[]) => offsets.map(origin);

test('a summary by source leads to what was set aside and to an example of it', async () => {
  const today = amsterdamDay(new Date().toISOString());
  const { status, body } = await api.get('/v1/intake');
  expect([status, at(body, 'until'), at(body, 'sourcesLeftOut')]).toEqual([200, today, 0]);
  expect(listAt(body, 'sources').map((one) => at(one, 'source'))).toEqual([OTHER, PAYROLL, HR]);
  const hr = at(body, 'sources', 2);
  const outcomes = { accepted: 1, duplicate: 1, parked: 1, refused: 0, deadLetter: 3, total: 6 };
  expect(hr).toMatchObject({
    outcomes,
    days: [{ day: today, ...outcomes }],
    last: { id: 'm-6', origin: origin(6), outcome: 'parked' },
  });
  const [worst] = listAt(hr, 'offenders');
  expect(worst).toMatchObject({
    outcome: 'deadLetter',
    reason: 'invalid',
    count: 3,
    example: { id: null, origin: origin(5), href: null },
  });
  expect(listAt(worst, 'fields')[0]).toEqual({ field: '/data/sector', count: 2 });
  expect(origins(await api.get(textAt(worst, 'href')), 'deliveries')).toEqual(at1(5, 4, 3));
  expect(origins(await api.get(textAt(hr, 'href')), 'deliveries')).toEqual(at1(6, 5, 4, 3, 2, 1));
  const example = await api.get(textAt(hr, 'offenders', 1, 'example', 'href'));
  expect(example.body).toMatchObject({
    id: 'm-6',
    first: { outcome: 'parked', reason: 'notRegistered', deadLetter: null },
  });
  expect(at(body, 'withoutSource')).toMatchObject({ outcomes: { refused: 1, deadLetter: 1, total: 2 } });
  expect(listAt(body, 'withoutSource', 'offenders')).toEqual([
    { outcome: 'deadLetter', reason: 'notJson', count: 1, fields: [] },
    { outcome: 'refused', reason: 'mayHoldBsn', count: 1, fields: [{ field: '#value', count: 1 }] },
  ]);
});

test('of one source, and of other days', async () => {
  const one = await api.get(path('', { source: PAYROLL ?? '' }));
  expect(one.body).toMatchObject({ sources: [{ source: PAYROLL, outcomes: { total: 1 } }], withoutSource: null });
  const past = await api.get(path('', { from: '2020-01-01', until: '2020-12-31' }));
  expect(past.body).toMatchObject({
    from: '2020-01-01',
    until: '2020-12-31',
    sources: [],
    withoutSource: { days: [], outcomes: { total: 0 } },
  });
});

test('deliveries are listed newest first, in pages', async () => {
  const first = await api.get(path('/deliveries', { limit: '4' }));
  const second = await api.get(next(first) ?? '');
  const third = await api.get(next(second) ?? '');
  expect([first, second, third].flatMap((page) => origins(page, 'deliveries'))).toEqual(
    at1(10, 9, 8, 7, 6, 5, 4, 3, 2, 1),
  );
  expect(next(third)).toBeNull();
  expect(next(await api.get(path('/deliveries', { limit: '10' })))).toBeNull();
  const some = await api.get(
    path('/deliveries', { outcome: 'deadLetter', source: HR ?? '', reason: 'invalid', limit: '2' }),
  );
  expect(origins(some, 'deliveries')).toEqual(at1(5, 4));
  expect(origins(await api.get(next(some) ?? ''), 'deliveries')).toEqual(at1(3));
});

test('dead letters are listed, asked for once, and show it wherever their message does', async () => {
  const first = await api.get(path('/dead-letters', { limit: '4', state: 'open' }));
  const rest = await api.get(next(first) ?? '');
  expect([...origins(first, 'deadLetters'), ...origins(rest, 'deadLetters')].sort()).toEqual(at1(3, 4, 5, 7, 8, 9));
  expect(next(rest)).toBeNull();
  const redrive = (body: object) => api.post('/v1/intake/dead-letters/_redrive', { body });
  expect(await redrive({ origins: at1(3, 777) })).toMatchObject({ status: 404, body: { code: 'deadLetterUnknown', errors: [{ pointer: '/origins/1' }] } });
  expect((await redrive({ origins: at1(3) })).body).toEqual({ asked: 1 });
  expect((await redrive({ origins: at1(3) })).body).toEqual({ asked: 0 });
  expect((await redrive({ source: HR, code: 'notJson' })).body).toEqual({ asked: 0 });
  expect((await redrive({ source: HR, code: 'invalid' })).body).toEqual({ asked: 2 });
  expect((await redrive({ code: 'notJson' })).body).toEqual({ asked: 1 });
  expect((await redrive({ all: true })).body).toEqual({ asked: 2 });
  await intake.deadLetters.sent(at1(3));
  await intake.deadLetters.sent(at1(4), 'noLongerKept');
  expect(origins(await api.get(path('/dead-letters', { state: 'sent' })), 'deadLetters')).toEqual(at1(3));
  const open = await api.get(path('/dead-letters', { state: 'open' }));
  expect(listAt(open.body, 'deadLetters')).toMatchObject([
    {
      origin: origin(4),
      id: 'm-4',
      source: HR,
      code: 'invalid',
      state: 'open',
      problem: 'noLongerKept',
      askedBy: null,
    },
  ]);
  const message = await api.get(path('/_search', { source: HR ?? '', id: 'm-3' }));
  expect(message.body).toMatchObject({
    first: {
      outcome: 'deadLetter',
      deadLetter: { state: 'sent', askedBy: 'local', topic: 'bestendig.hr-facts.v1.DLT' },
    },
  });
  expect(origins(await api.get(textAt(message.body, 'links', 'deadLetters')), 'deadLetters').sort()).toEqual(
    at1(3, 4, 5),
  );
  expect(origins(await api.get(textAt(message.body, 'links', 'deliveries')), 'deliveries')).toHaveLength(6);
});

describe('with an organisation', () => {
  const get = (asked: string) => guarded.get(asked, BEARER);
  const redrive = (body: object) => guarded.post('/v1/intake/dead-letters/_redrive', { body, headers: BEARER });

  test('only its own sources are shown, and nothing of what names none', async () => {
    const summary = await get('/v1/intake');
    expect(listAt(summary.body, 'sources').map((one) => at(one, 'source'))).toEqual([PAYROLL, HR]);
    expect(at(summary.body, 'withoutSource')).toBeNull();
    expect(origins(await get('/v1/intake/deliveries'), 'deliveries')).toEqual(at1(7, 6, 5, 4, 3, 2, 1));
    expect(origins(await get(path('/deliveries', { reason: 'mayHoldBsn' })), 'deliveries')).toEqual([]);
    expect(origins(await get('/v1/intake/dead-letters'), 'deadLetters').sort()).toEqual(at1(3, 4, 5, 7));
  });

  test("another organisation's source is refused", async () => {
    for (const name of ['', '/deliveries', '/dead-letters'])
      expect(await get(path(name, { source: OTHER }))).toMatchObject({
        status: 403,
        body: { code: 'otherOrganisation' },
      });
    expect(await get(path('/_search', { source: OTHER, id: 'm-8' }))).toMatchObject({ status: 403 });
    const refused = { status: 403, body: { code: 'otherOrganisation' } };
    for (const body of [
      { source: OTHER },
      { origins: at1(8) },
      { origins: at1(9) },
      { origins: at1(3, 8) },
      { origins: at1(777) },
    ])
      expect(await redrive(body)).toMatchObject(refused);
    expect(await guardedIntake.deadLetters.asked(9)).toEqual([]);
    expect(await guarded.get('/v1/intake')).toMatchObject({ status: 401 });
  });

  test('all are all of its own', async () => {
    expect((await redrive({ origins: at1(3) })).body).toEqual({ asked: 1 });
    expect((await redrive({ code: 'invalid' })).body).toEqual({ asked: 2 });
    expect((await redrive({ all: true })).body).toEqual({ asked: 1 });
    const asked = await guardedIntake.deadLetters.asked(9);
    expect(asked.map((letter) => letter.origin).sort()).toEqual(at1(3, 4, 5, 7));
    expect(new Set(asked.map(({ askedBy }) => askedBy))).toEqual(new Set(['hr']));
  });
});

test('what the paths do not take is refused, and where it is wrong is told', async () => {
  const cursor = (text: string) => Buffer.from(text).toString('base64url');
  const wrong: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['', { source: 'somebody' }, '#query/source'],
    ['', { from: '2025-02-30' }, '#query/from'],
    ['', { from: 'yesterday' }, '#query/from'],
    ['', { from: '2025-06-02T08:30:00Z' }, '#query/from'],
    ['', { from: '0000-01-01', until: '0000-01-02' }, '#query/from'],
    ['', { from: '1999-12-31', until: '2000-01-01' }, '#query/from'],
    ['', { until: '2025-1-1' }, '#query/until'],
    ['', { from: '2025-02-02', until: '2025-02-01' }, '#query/from'],
    ['', { from: '2025-01-01', until: '2026-01-02' }, '#query/from'],
    ['', { from: '2999-01-01' }, '#query/from'],
    ['', { outcome: 'parked' }, '#query/outcome'],
    ['', { limit: '5' }, '#query/limit'],
    ['/deliveries', { outcome: 'lost' }, '#query/outcome'],
    ['/deliveries', { reason: "x' or true" }, '#query/reason'],
    ['/deliveries', { limit: '0' }, '#query/limit'],
    ['/deliveries', { from: '2025-01-01' }, '#query/from'],
    ['/deliveries', { cursor: 'none' }, '#query/cursor'],
    ['/deliveries', { cursor: cursor('9'.repeat(30)) }, '#query/cursor'],
    ['/deliveries', { cursor: cursor('-1') }, '#query/cursor'],
    ['/deliveries', { cursor: cursor(`1\0`) }, '#query/cursor'],
    ['/dead-letters', { state: 'lost' }, '#query/state'],
    ['/dead-letters', { cursor: cursor('10') }, '#query/cursor'],
    ['/dead-letters', { cursor: cursor(`2025-02-30T00:00:00.000000Z ${origin(1)}`) }, '#query/cursor'],
    ['/dead-letters', { cursor: cursor(`0000-01-01T00:00:00.000000Z ${origin(1)}`) }, '#query/cursor'],
    ['/dead-letters', { cursor: `${cursor('1')}==` }, '#query/cursor'],
  ];
  for (const [name, parameters, pointer] of wrong) {
    const { status, body } = await api.get(path(name, parameters));
    expect([name, parameters, status, at(body, 'code'), at(body, 'errors', 0, 'pointer')]).toEqual([
      name,
      parameters,
      400,
      'invalid',
      pointer,
    ]);
  }
  const twice = await api.get(`/v1/intake?from=2025-01-01&from=2025-01-02`);
  expect(twice).toMatchObject({ status: 400, body: { code: 'invalid' } });
  const bodies: readonly unknown[] = [
    {}, [], 'all', { all: false }, { all: true, source: HR }, { origins: at1(1), code: 'invalid' }, { origins: 'all' }, { origins: ['http:x#1'] }, { origins: [1] },
    { origins: at1(...Array.from({ length: 1_001 }, (_, n) => n)) }, { source: 'x' }, { code: 'no code' }, { placements: [] }, { source: null },
  ]; // prettier-ignore
  for (const body of bodies)
    expect([body, (await api.post('/v1/intake/dead-letters/_redrive', { body: JSON.stringify(body) })).status]).toEqual(
      [body, 400],
    );
  expect((await api.post('/v1/intake/dead-letters/_redrive', {})).status).toBeGreaterThanOrEqual(400);
  expect((await api.post('/v1/intake/dead-letters/_redrive', { body: { origins: [] } })).body).toEqual({ asked: 0 });
  // An offset of nine digits is no BSN.
  expect((await api.post('/v1/intake/dead-letters/_redrive', { body: { origins: [origin(123456782)] } })).body).toMatchObject({ code: 'deadLetterUnknown' });
  expect((await api.post('/v1/intake/dead-letters/_redrive', { body: { source: '123456782' } })).status).toBe(400);
  expect((await api.ask('DELETE', '/v1/intake/deliveries')).status).toBe(405);
});
