import { parseTokens } from '@bestendig/api';
import { EXAMPLES } from '@bestendig/hr-messages';
import { registered, signed, SOURCE } from './messages';
import { at, listAt, startApi, textAt, type RunningApi } from './running-api';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const { person: _person, employment: _employment, ...REGISTRATION } = EXAMPLES.PlacementRegistered.data;
const ENDED = { effectiveDate: '2023-12-31', endCode: '20' };

/** A placement with a contract, as HR told it. */
async function placement(employment: string): Promise<string> {
  const [result] = await api.publish(registered(employment, 'person-1'), signed(employment, '2023-03-01', '2024-02-29'));
  return `/v1/placements/${textAt(result, 'placementId')}`;
}

test('a person registers a placement and tells what happened; what breaks a rule is refused with its code', async () => {
  const made = await api.command('/v1/placements', REGISTRATION);
  expect(made).toMatchObject({ status: 201, body: { revision: 0, notices: [] } });
  const path = made.headers.get('location') ?? '';
  expect(path).toBe(`/v1/placements/${textAt(made.body, 'placementId')}`);
  expect(await api.command(`${path}/contract-ended`, ENDED)).toMatchObject({ status: 409, body: { code: 'noContract' } });
  expect((await api.command(`${path}/contract-signed`, { effectiveDate: '2023-03', form: 'publiekrechtelijk' })).status).toBe(200);
  const read = await api.get(path);
  expect(read.body).toMatchObject({ definition: 'placement/1', spells: [{ firstDay: '2023-03-16', inexactStart: true, plannedEnd: null }], facts: { stands: 2, parked: 0 } });
  expect(read.headers.get('etag')).toBe('"1"');
});

test('a change says which revision it is based on: none is 428, an old one 412', async () => {
  const path = await placement('etag-1');
  const etag = (await api.get(path)).headers.get('etag') ?? '';
  const without = await api.post(`${path}/contract-ended`, { body: ENDED, headers: { 'idempotency-key': 'etag-1' } });
  expect(without).toMatchObject({ status: 428, body: { code: 'preconditionRequired', errors: [{ pointer: '#header/if-match', code: 'required' }] } });
  expect(await api.command(`${path}/contract-ended`, ENDED, { 'if-match': '"0"' })).toMatchObject({ status: 412, body: { code: 'revisionMismatch' } });
  const done = await api.command(`${path}/contract-ended`, ENDED, { 'if-match': etag });
  expect(done).toMatchObject({ status: 200, body: { revision: 2 } });
  expect(done.headers.get('etag')).toBe('"2"');
  expect((await api.get(path)).headers.get('etag')).toBe('"2"');
});

test('the same Idempotency-Key with the same content gives the first result, with other content 422', async () => {
  const path = await placement('key-1');
  const headers = { 'idempotency-key': 'my-key', 'if-match': '"1"' };
  const first = await api.command(`${path}/contract-ended`, ENDED, headers);
  expect(await api.command(`${path}/contract-ended`, ENDED, headers)).toMatchObject({ status: 200, text: first.text });
  expect(await api.command(`${path}/contract-ended`, { effectiveDate: '2023-11-30' }, headers)).toMatchObject({ status: 422, body: { code: 'idReusedWithOtherContent' } });
});

test('all that is wrong with a command is told at once: path, headers and body', async () => {
  const reply = await api.post('/v1/placements/nobody/contract-signed', { body: { form: 'verbal', employment: 'x' }, headers: { 'if-match': '3' } });
  expect(reply.status).toBe(400);
  expect(listAt(reply.body, 'errors').map((error) => textAt(error, 'pointer')).sort()).toEqual(['#header/idempotency-key', '#header/if-match', '#path/id', '/effectiveDate', '/employment', '/form']);
  const bare = await api.post('/v1/placements/nobody/contract-signed', { body: { effectiveDate: '2023-03', form: 'publiekrechtelijk' } });
  expect(bare).toMatchObject({ status: 400, body: { code: 'invalid' } });
  expect(listAt(bare.body, 'errors').map((error) => `${textAt(error, 'pointer')} ${textAt(error, 'code')}`).sort()).toEqual(['#header/idempotency-key required', '#header/if-match required', '#path/id pattern']);
});

test('a correction and a retraction name the event; the history shows what refers to what', async () => {
  const path = await placement('correct-1');
  const before = listAt((await api.get(`${path}/history`)).body, 'facts');
  const corrects = textAt(before[1], 'eventId');
  const corrected = await api.command(`${path}/corrections`, { corrects, replacement: { type: 'contract-signed', effectiveDate: '2023-03-06', form: 'arbeidsovereenkomst' } });
  expect(corrected.status).toBe(200);
  const correction = textAt(corrected.body, 'eventIds', 0);
  const history = await api.get(`${path}/history`);
  expect(listAt(history.body, 'facts')).toMatchObject([{}, { verdict: 'superseded', because: correction, referredToBy: [correction], reason: null }, { refersTo: [corrects], actor: 'local', source: null }]);
  expect(at((await api.get(path)).body, 'spells', 0, 'firstDay')).toBe('2023-03-06');
  const known = textAt(before[1], 'recordedAt');
  expect(at((await api.get(`${path}?knownAt=${known}`)).body, 'spells', 0, 'firstDay')).toBe('2023-03-01');
  await api.command(`${path}/retractions`, { retracts: correction, effectiveDate: '2023-03-06', reason: 'recordedInError' });
  expect(at((await api.get(path)).body, 'spells', 0, 'firstDay')).toBe('2023-03-01');
});

test('a parked fact is set aside with a reason', async () => {
  const [parked] = await api.publish(signed('discard-1', '2023-03-01'));
  const body = { placementId: at(parked, 'placementId'), discards: at(parked, 'eventIds', 0), reason: 'notOurPlacement' };
  expect((await api.command('/v1/parked-facts/_discard', body)).status).toBe(200);
  expect(await api.command('/v1/parked-facts/_discard', body)).toMatchObject({ status: 409 });
  const history = await api.get(`/v1/placements/${textAt(parked, 'placementId')}/history`);
  expect(listAt(history.body, 'facts')).toMatchObject([{ verdict: 'discarded' }, { type: 'FactDiscarded', data: { reason: 'notOurPlacement' } }]);
});

test('a wrong link is mended: its facts move, and both histories say so', async () => {
  const [right, wrong] = await api.publish(registered('link-1', 'person-1'), signed('link-2', '2023-03-01'));
  const [to, from] = [textAt(right, 'placementId'), textAt(wrong, 'placementId')];
  const mended = await api.command('/v1/links/_mend', { source: SOURCE, employment: 'link-2', placementId: to, reason: 'duplicateRegistration' });
  expect(mended).toMatchObject({ status: 200, body: { placementId: to, previousPlacementId: from } });
  expect(mended.text).not.toContain('link-2');
  const moved = await until(async () => listAt((await api.get(`/v1/placements/${to}/history`)).body, 'facts')[1]);
  expect(moved).toMatchObject({ type: 'ContractSigned', verdict: 'stands', movedFrom: { placementId: from, eventId: at(wrong, 'eventIds', 0) }, messageId: at(wrong, 'id'), source: SOURCE });
  const left = await until(async () => listAt((await api.get(`/v1/placements/${from}/history`)).body, 'facts').find((fact) => at(fact, 'verdict') === 'retracted'));
  expect(left).toMatchObject({ movedTo: { placementId: to, eventId: at(moved, 'eventId') }, referredToBy: [expect.any(String)] });
  const asked = await api.get(`/v1/intake/_search?source=${encodeURIComponent(SOURCE)}&id=${textAt(wrong, 'id')}`);
  expect(asked.body).toMatchObject({ first: { placementId: from, outcome: 'parked' }, now: { placementId: to, facts: [{ verdict: 'stands' }] } });
});

/** The reaction follows the log; it is there within seconds. */
async function until<T>(find: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 200; i += 1) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it did not happen');
}

describe('moments', () => {
  test('a moment that is not yet known is 409, or waited for; a bare date is refused', async () => {
    const path = await placement('moment-1');
    const soon = new Date(Date.now() + 700).toISOString();
    expect(await api.get(`${path}?knownAt=${soon}`)).toMatchObject({ status: 409, body: { code: 'notYetKnown' } });
    const waited = await api.get(`${path}?knownAt=${soon}`, { prefer: 'respond-async, wait=5' });
    expect(waited).toMatchObject({ status: 200, body: { knownAt: soon.replace('Z', '000Z') } });
    expect((await api.get(`${path}?knownAt=2024-01-01`)).body).toMatchObject({ code: 'invalid', errors: [{ pointer: '#query/knownAt', code: 'notAMoment' }] });
    expect((await api.get(`${path}?knownAt=2001-01-01T00:00:00Z`)).body).toMatchObject({ code: 'placementUnknown' });
  });

  test('the same question gives the same bytes, also after more was recorded since', async () => {
    const path = await placement('bytes-1');
    const first = await api.get(`${path}/history`);
    const { knownAt } = Object(first.body);
    await api.command(`${path}/contract-ended`, ENDED);
    expect((await api.get(`${path}/history?knownAt=${String(knownAt)}`)).text).toBe(first.text);
  });
});

test('every answer has the headers of the design rules, errors too; a trailing slash is another path', async () => {
  for (const path of ['/v1/health', '/v1/health/', '/v1/nothing', '/v1/placements/x', '/']) {
    const { headers } = await api.get(path);
    expect(Object.fromEntries(headers)).toMatchObject({ 'api-version': expect.stringMatching(/^\d+\.\d+\.\d+$/), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'content-security-policy': expect.stringContaining("frame-ancestors 'none'"), 'strict-transport-security': expect.any(String) }); // prettier-ignore
  }
  // Refused by the framework, whose own answer would repeat the path.
  const unreadable = await api.get('/v1/placements/%zz');
  expect([unreadable.status, unreadable.body, unreadable.headers.get('content-type'), unreadable.headers.get('cache-control')]).toEqual([400, { type: 'urn:bestendig:problem:invalid', title: expect.any(String), status: 400, detail: 'The path cannot be read.', code: 'invalid', errors: [{ pointer: '#path', code: 'pattern', detail: 'must be percent-encoded UTF-8' }] }, expect.stringContaining('application/problem+json'), 'no-store']); // prettier-ignore
  expect((await api.get('/v1/health')).body).toEqual({ status: 'up', quarantined: 0 });
  expect(await api.get('/v1/health/')).toMatchObject({ status: 404, body: { code: 'notFound' } });
  expect((await api.get('/v1/openapi.json')).headers.get('access-control-allow-origin')).toBe('*');
});

test('a method that a path does not take is 405 with those that it takes; a path that is not there is 404 for every method', async () => {
  const answered = async (method: string, path: string) => {
    const { status, headers, body } = await api.ask(method, path);
    return [status, at(body, 'code'), headers.get('allow')];
  };
  expect(await answered('DELETE', '/v1/placements')).toEqual([405, 'methodNotAllowed', 'GET, HEAD, POST']);
  expect(await answered('PUT', '/v1/placements/2b1e0c9a-7c55-8f6e-9d0a-4b1f6f0c8d21')).toEqual([405, 'methodNotAllowed', 'GET, HEAD']);
  expect(await answered('GET', '/v1/links/_mend?reason=keyReused')).toEqual([405, 'methodNotAllowed', 'POST']);
  for (const path of ['/v1/nothing', '/v1/placements/', '/v1/placements//history']) expect(await answered('DELETE', path)).toEqual([404, 'notFound', null]);
});

describe('with tokens', () => {
  const OTHER = 'urn:nld:oin:00000009999999999000:systeem:hr';
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const [HR, AUDIT] = [bearer('token-of-the-hr-system'), bearer('token-of-the-auditor')];
  let guarded: RunningApi;
  beforeAll(async () => {
    guarded = await startApi({ host: '0.0.0.0', tokens: parseTokens('token-of-the-hr-system:hr:00000001003214345000,token-of-the-auditor:petra:00000009999999999000') });
  });
  afterAll(() => guarded.stop());

  test('every path needs one but the description and health, also one that does not exist', async () => {
    for (const path of ['/v1/openapi.json', '/v1/health']) expect((await guarded.get(path)).status).toBe(200);
    for (const path of ['/v1/placements/x', '/v1/nothing', '/v1/health/']) expect(await guarded.get(path)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(await guarded.ask('DELETE', '/v1/placements')).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect((await guarded.get('/v1/nothing', bearer('another-token-than-these'))).headers.get('www-authenticate')).toBe('Bearer');
    expect((await guarded.get('/v1/nothing', HR)).status).toBe(404);
  });

  test('a caller acts as its own organisation only, and is named in what it does', async () => {
    const publish = (message: unknown) => guarded.post('/v1/hr-facts', { body: message, type: 'application/cloudevents+json', headers: HR });
    expect(await publish({ ...registered('a', 'p'), source: OTHER })).toMatchObject({ status: 403, body: { code: 'otherOrganisation' } });
    const { body } = await publish(registered('a', 'p'));
    const path = `/v1/placements/${textAt(body, 'results', 0, 'placementId')}`;
    const ended = await guarded.command(`${path}/contract-signed`, { effectiveDate: '2023-03-01', form: 'arbeidsovereenkomst' }, AUDIT);
    expect(ended.status).toBe(200);
    const history = await guarded.get(`${path}/history`, AUDIT);
    expect(listAt(history.body, 'facts')).toMatchObject([{ actor: 'hr', organisation: 'oin:00000001003214345000' }, { actor: 'petra', organisation: 'oin:00000009999999999000' }]);
    expect((await guarded.get(`/v1/intake/_search?source=${encodeURIComponent(SOURCE)}&id=m-1`, AUDIT)).status).toBe(403);
    expect((await guarded.command('/v1/links/_mend', { source: SOURCE, employment: 'a', placementId: path.slice(15), reason: 'keyReused' }, AUDIT)).status).toBe(403);
  });
});
