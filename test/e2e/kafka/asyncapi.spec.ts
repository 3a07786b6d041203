import { fromFile, Parser } from '@asyncapi/parser';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HrMessage } from '@bestendig/hr-messages';
import { describeWithKafka } from '@bestendig/testing';
import { startApi, type RunningApi } from '../api/running-api';
import { binary, RunningIngest, structured } from './running-ingest';

jest.setTimeout(120_000);

type Documented = { readonly components: { readonly messages: Readonly<Record<string, { readonly contentType: string; readonly examples?: readonly { readonly payload: HrMessage }[] }>> } };

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

describeWithKafka('what the description of the topics shows', (kafka) => {
  test('every example of a message is taken by the real consumer, in both modes, and told by the description', async () => {
    const ingest = await RunningIngest.start(kafka().broker);
    try {
      const examples = Object.values(document.components.messages).flatMap(({ contentType, examples: shown = [] }) => (contentType === 'application/cloudevents+json' ? shown.map(({ payload }) => payload) : []));
      expect(examples.length).toBeGreaterThan(20);
      await ingest.send(...examples.flatMap((example) => [structured(example), binary(example)]));
      await ingest.handled();
      const outcomes = (await ingest.outcomes()).filter(({ data }) => data['outcome'] !== null);
      expect(outcomes).toHaveLength(2 * examples.length);
      expect(outcomes.filter(({ data }) => !['accepted', 'parked', 'duplicate'].includes(String(data['outcome'])))).toEqual([]);
      const told = document.components.messages['HrOutcome'] as unknown as { readonly payload: { readonly required: readonly string[] } };
      for (const { data } of outcomes) expect(Object.keys(data).toSorted()).toEqual([...told.payload.required].toSorted());
    } finally {
      await ingest.stop();
    }
  });
});
