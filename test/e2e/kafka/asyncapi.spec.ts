import { fromFile, Parser } from '@asyncapi/parser';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HrMessage } from '@bestendig/hr-messages';
import { DEAD_LETTER_REASONS, HR_OUTCOME_REASONS, type JsonSchema } from '@bestendig/integration-events';
import { describeWithKafka } from '@bestendig/testing';
import { againstSchema } from './against-schema';
import { startApi, type RunningApi } from '../api/running-api';
import { binary, RunningIngest, structured } from './running-ingest';

jest.setTimeout(120_000);

type DocumentedMessage = { readonly contentType: string; readonly headers?: JsonSchema; readonly payload: JsonSchema; readonly examples?: readonly { readonly headers?: object; readonly payload: HrMessage }[] };
type Documented = { readonly components: { readonly messages: Readonly<Record<string, DocumentedMessage>> } };

let api: RunningApi;
let document: Documented;
beforeAll(async () => {
  api = await startApi();
  document = (await api.get('/v1/asyncapi.json')).body as Documented;
});
afterAll(() => api.stop());

test('is valid AsyncAPI 3, and open to all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-asyncapi-'));
  writeFileSync(join(folder, 'asyncapi.json'), JSON.stringify(document));
  const { diagnostics } = await fromFile(new Parser(), join(folder, 'asyncapi.json')).parse();
  rmSync(folder, { recursive: true });
  expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
  expect((await api.get('/v1/asyncapi.json')).headers.get('access-control-allow-origin')).toBe('*');
});

test.each(['HrOutcome', 'PlacementChanged', 'PlacementState', 'DeadLetter'])('the example of %s is as its schemas say', (name) => {
  const { headers = {}, payload = {}, examples = [] } = document.components.messages[name] ?? {};
  expect(examples).toHaveLength(1);
  for (const shown of examples) expect([...againstSchema(headers, shown.headers), ...againstSchema(payload, shown.payload)]).toEqual([]);
});

test('every reason is told to integrators in words, and those of dead letters to programs', () => {
  const page = readFileSync(join(__dirname, '../../../docs/integrate.md'), 'utf8');
  expect(HR_OUTCOME_REASONS.filter((reason) => !page.includes(`\`${reason}\``))).toEqual([]);
  expect(document.components.messages['HrOutcome']?.payload).toMatchObject({ properties: { reason: { examples: HR_OUTCOME_REASONS } } });
  expect(document.components.messages['DeadLetter']?.headers).toMatchObject({ properties: { 'kafka_dlt-exception-fqcn': { enum: DEAD_LETTER_REASONS } } });
});

describeWithKafka('what the description of the topics shows', (kafka) => {
  test('every example of a message is taken by the real consumer, in both modes, and told by the description', async () => {
    const ingest = await RunningIngest.start(kafka().broker);
    try {
      const examples = Object.values(document.components.messages).flatMap(({ contentType, examples: shown = [] }) => (contentType === 'application/cloudevents+json' ? shown.map(({ payload }) => payload) : []));
      expect(examples.length).toBeGreaterThan(20);
      await ingest.send(...examples.flatMap((example) => [structured(example), binary(example)]));
      await ingest.send({ key: 'k', value: 'rubbish', headers: [['own', 'header']] }, { key: 'k', value: null });
      await ingest.handled();
      const outcomes = (await ingest.outcomes()).filter(({ data }) => data['outcome'] !== null);
      expect(outcomes).toHaveLength(2 * examples.length + 2);
      const taken = outcomes.filter(({ data }) => ['accepted', 'parked', 'duplicate'].includes(String(data['outcome'])));
      expect(taken).toHaveLength(2 * examples.length);
      const { headers, payload } = document.components.messages['HrOutcome'] ?? {};
      for (const { attributes: { 'content-type': _, ...attributes }, data } of await ingest.outcomes())
        expect([...againstSchema(headers ?? {}, attributes), ...againstSchema(payload ?? {}, data)]).toEqual([]);
      const letter = document.components.messages['DeadLetter'];
      for (const { headers: all, value } of await ingest.deadLetters()) {
        const told = all.flatMap(([name, text]) => (name.startsWith('kafka_dlt-') ? [[name, text.toString()] as const] : []));
        expect([...againstSchema(letter?.headers ?? {}, Object.fromEntries(told)), ...againstSchema(letter?.payload ?? {}, value?.toString('latin1') ?? null)]).toEqual([]);
      }
      expect(await ingest.deadLetters()).toHaveLength(2);
    } finally {
      await ingest.stop();
    }
  });
});
