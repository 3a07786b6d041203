import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXAMPLES } from '@bestendig/hr-messages';
import { at, entriesAt, listAt, startApi, textAt, type Reply, type RunningApi } from './running-api';

let api: RunningApi;
let document: unknown;
beforeAll(async () => {
  api = await startApi({ projector: true });
  document = (await api.get('/v1/openapi.json')).body;
});
afterAll(() => api.stop());

type Operation = { readonly path: string; readonly method: string; readonly operation: unknown };
const operations = (): readonly Operation[] =>
  entriesAt(document, 'paths').flatMap(([path, item]) => entriesAt(item).map(([method, operation]) => ({ path, method, operation })));

test('the description is valid OpenAPI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-openapi-'));
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const validator = join(__dirname, '../../../node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js');
  const said = execFileSync('/bin/sh', ['-c', `"${process.execPath}" "${validator}" "${file}" || true`], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(JSON.parse(said)).toMatchObject({ valid: true });
});

test('every reference leads somewhere, operations have names of their own, and paths follow the design rules', () => {
  const names = new Set(entriesAt(document, 'components', 'schemas').map(([name]) => name));
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(references.filter((name) => !names.has(name))).toEqual([]);
  const ids = operations().map(({ operation }) => textAt(operation, 'operationId'));
  expect(new Set(ids).size).toBe(ids.length);
  for (const [path] of entriesAt(document, 'paths')) expect(path).toMatch(/^\/v1(\/(_?[a-z]+(-[a-z]+)*|\{id\}))+$/);
  expect(textAt(document, 'info', 'version')).toMatch(/^\d+\.\d+\.\d+$/);
  for (const field of ['name', 'email', 'url']) expect(textAt(document, 'info', 'contact', field)).not.toBe('');
});

test('every body has an example', () => {
  const without = operations().filter(({ operation }) => entriesAt(operation, 'requestBody', 'content').some(([, content]) => entriesAt(content, 'examples').length === 0));
  expect(without.map(({ path }) => path)).toEqual([]);
});

test('every operation has its answer described, and a problem', () => {
  for (const { path, operation } of operations()) {
    const answers = entriesAt(operation, 'responses').filter(([status]) => status.startsWith('2'));
    expect([path, answers.map(([, answer]) => typeof at(answer, 'content', 'application/json', 'schema', '$ref'))]).toEqual([path, ['string']]);
    expect(at(operation, 'responses', 'default', 'content', 'application/problem+json')).toBeDefined();
  }
});

/** Where an example names what is not there, or comes before what it needs, a rule may refuse it; the contract may not. */
const keepsContract = ({ status, body }: Reply): boolean => status < 300 || ([404, 409, 422].includes(status) && textAt(body, 'code') !== 'notFound');

test('every example, sent to the running API, keeps the contract', async () => {
  const [registered] = await api.publish(EXAMPLES.PlacementRegistered);
  const sent: (readonly [string, boolean])[] = [];
  for (const { path, operation } of operations()) {
    for (const [type, content] of entriesAt(operation, 'requestBody', 'content')) {
      for (const [name, example] of entriesAt(content, 'examples')) {
        const headers = { 'if-match': '*', 'idempotency-key': `${textAt(operation, 'operationId')}-${name}` };
        const reply = await api.post(path.replace('{id}', textAt(registered, 'placementId')), { body: at(example, 'value'), type, headers });
        sent.push([`${path} ${name} ${keepsContract(reply) ? '' : reply.text}`, keepsContract(reply)]);
      }
    }
  }
  expect(sent.length).toBeGreaterThan(90);
  expect(sent.filter(([, kept]) => !kept)).toEqual([]);
});

test('what the description says is required is what is refused when it is left out', async () => {
  const reply = await api.command('/v1/placements', {});
  expect(reply.status).toBe(400);
  const required = listAt(document, 'components', 'schemas', 'PlacementRegisteredCommand', 'required');
  expect(listAt(reply.body, 'errors').map((error) => textAt(error, 'pointer').slice(1)).sort()).toEqual([...required].sort());
});
