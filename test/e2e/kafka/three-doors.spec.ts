import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore, type EventStore } from '@bestendig/event-store';
import { EXAMPLES, type HrMessage } from '@bestendig/hr-messages';
import { openIntake } from '@bestendig/intake';
import { NO_PROGRESS, runImport } from '@bestendig/standalone';
import { createTestDatabase, describeWithKafka } from '@bestendig/testing';
import { hrMessage, registered, signed } from '../api/messages';
import { at, startApi } from '../api/running-api';
import { freshLog } from '../fresh-log';
import { RunningIngest, SECRET, structured } from './running-ingest';

jest.setTimeout(120_000);

type Judged = readonly [messageId: string, outcome: string, reason: string | null];
/** What became of each message, and what the log holds of it, whatever the moments and the origins. */
type Came = { readonly outcomes: readonly Judged[]; readonly facts: readonly string[] };

/** Every type, rightly and wrongly told, in disorder, twice, with other content, and with what may be a BSN. */
function corpus(): readonly HrMessage[] {
  const about = (employment: string) => [registered(employment, `person of ${employment}`.replaceAll(' ', '-')), signed(employment, '2024-01-01', '2024-12-31')];
  const [early, late] = [about('job-early'), about('job-late').reverse()];
  const [again] = early;
  const other = { ...(again as HrMessage), data: { ...(again as HrMessage).data, region: 'AM14' } };
  const wrong = [{ effectiveDate: '2024-02-30' }, { form: 'none' }, { plannedEnd: 5 }, { nobody: 'knows' }].map((fields) => hrMessage('ContractSigned', 'job-early', fields));
  const every = Object.values(EXAMPLES).map((example, n) => ({ ...example, id: `every-${n}`, data: { ...example.data, employment: `job-${n}` } }));
  const bsn = hrMessage('WorkChanged', 'job-early', { departmentCode: '123456782' });
  const ahead = [12, 36].map((hours) => hrMessage('HoursChanged', 'job-early', {}, { time: new Date(Date.now() + hours * 3_600_000).toISOString() }));
  return [...early, ...late, again as HrMessage, other, ...wrong, ...ahead, ...every, bsn];
}

/** A message that may hold a BSN is known by nothing; one that another door would set aside is refused here. */
const judged = (messageId: unknown, outcome: unknown, reason: unknown): Judged =>
  reason === 'mayHoldBsn' ? ['', 'refused', 'mayHoldBsn'] : [String(messageId), outcome === 'deadLetter' ? 'refused' : String(outcome), (reason as string | null) ?? null];

async function factsOf(store: EventStore): Promise<readonly string[]> {
  const { events } = await store.readAll(null, { limit: 10_000, filter: { categories: ['placement'] } });
  return events.map(({ stream, id, type, data, source, messageId, messageDigest, reportedAt }) => JSON.stringify([stream, id, type, data, source, messageId, messageDigest, reportedAt])).sort();
}

const sorted = (outcomes: readonly Judged[]): readonly Judged[] => [...outcomes].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

async function byHttp(messages: readonly HrMessage[]): Promise<Came> {
  const api = await startApi({ secret: SECRET });
  try {
    const outcomes: Judged[] = [];
    // One by one, as they come by the other doors: what is recorded together is judged together.
    for (const message of messages) for (const result of await api.publish(message)) outcomes.push(judged(at(result, 'id'), at(result, 'outcome'), at(result, 'reason')));
    const store = await openEventStore(api.log);
    const facts = await factsOf(store);
    await store.close();
    return { outcomes: sorted(outcomes), facts };
  } finally {
    await api.stop();
  }
}

async function byFile(messages: readonly HrMessage[]): Promise<Came> {
  const [database, folder] = [await createTestDatabase(), mkdtempSync(join(tmpdir(), 'bestendig-doors-'))];
  const store = await openEventStore(freshLog(database.url));
  const intake = await openIntake(database.url);
  try {
    for (const [n, message] of messages.entries()) {
      const file = join(folder, `${n}.ndjson`);
      // The comment makes each a file of its own: the same file again gives its first outcomes again.
      writeFileSync(file, `${JSON.stringify({ comment: String(n) })}\n${JSON.stringify(message)}\n`);
      await runImport({ file, dryRun: false, asReported: false, store, intake, secret: SECRET, databaseUrl: database.url, dataFolder: folder, signal: new AbortController().signal, show: () => NO_PROGRESS });
    }
    const rows = await intake.list({ limit: 1_000 });
    return { outcomes: sorted(rows.map(({ messageId, outcome, reason }) => judged(messageId, outcome, reason))), facts: await factsOf(store) };
  } finally {
    await Promise.all([store.close(), intake.close()]);
    await database.drop();
    rmSync(folder, { recursive: true });
  }
}

async function byKafka(messages: readonly HrMessage[], broker: string): Promise<Came> {
  const ingest = await RunningIngest.start(broker, { partitions: 1 });
  try {
    for (const message of messages) {
      await ingest.send(structured(message));
      await ingest.handled();
    }
    const outcomes = (await ingest.outcomes()).filter(({ data }) => data['outcome'] !== null);
    return { outcomes: sorted(outcomes.map(({ data }) => judged(data['messageId'], data['outcome'], data['reason']))), facts: await factsOf(ingest.store) };
  } finally {
    await ingest.stop();
  }
}

describeWithKafka('one contract, three doors', (kafka) => {
  test('the same messages have the same outcomes and lead to the same facts, whatever the door', async () => {
    const messages = corpus();
    const http = await byHttp(messages);
    expect(http.outcomes).toHaveLength(messages.length);
    expect(new Set(http.outcomes.map(([, outcome]) => outcome))).toEqual(new Set(['accepted', 'duplicate', 'parked', 'refused']));
    expect(await byFile(messages)).toEqual(http);
    expect(await byKafka(messages, kafka().broker)).toEqual(http);
  });
});
