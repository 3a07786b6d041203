import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import type { EventStore } from '@bestendig/event-store';
import type { HrMessage } from '@bestendig/hr-messages';
import type { Intake } from '@bestendig/intake';
import type { Kafka, OutgoingMessage, Sender } from '@bestendig/kafka';
import { uniqueName } from '@bestendig/testing';
import { hrMessage, registered, signed } from '../e2e/api/messages';
import { binary, structured, until } from '../e2e/kafka/running-ingest';
import { allOf } from '../e2e/kafka/whole-topic';
import type { Built } from './built';
import { countsOf, factsOf, firstOutcomes, undisturbed, type Delivered } from './undisturbed';

const SECRET = '05'.repeat(32);

export type Topics = { readonly facts: string; readonly outcomes: string; readonly group: string };

export const uniqueTopics = (): Topics => ({
  facts: uniqueName('facts'),
  outcomes: uniqueName('outcomes'),
  group: uniqueName('group'),
});

/** hr-ingest as it ships: a process, so that it can be killed. What it says is to be read where a level is given. */
export function startIngest(
  built: Built,
  databaseUrl: string,
  broker: string,
  topics: Topics,
  logLevel?: string,
): ChildProcess {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = {
    PATH,
    HOME,
    TMPDIR,
    DATABASE_URL: databaseUrl,
    BESTENDIG_SECRET: SECRET,
    KAFKA_BROKERS: broker,
    HR_FACTS_TOPIC: topics.facts,
    HR_OUTCOMES_TOPIC: topics.outcomes,
    HR_INGEST_GROUP: topics.group,
    LOG_LEVEL: logLevel ?? 'fatal',
  };
  return spawn(process.execPath, [join(dirname(built.main), '../../hr-ingest/src/main.js')], {
    env,
    stdio: logLevel === undefined ? 'ignore' : ['ignore', 'pipe', 'pipe'],
  });
}

/** kill -9, and waits until it is gone. */
export async function killIngest(ingest: ChildProcess): Promise<void> {
  if (ingest.exitCode !== null || ingest.signalCode !== null) return;
  const gone = once(ingest, 'exit');
  ingest.kill('SIGKILL');
  await gone;
}

/** Null where it is rubbish. */
export type Message = { readonly message: HrMessage | null; readonly out: OutgoingMessage };

/** What a source with some disorder sends: facts before their registration, twice, with another content, and what is set aside or refused. */
export function inDisorder(count: number, seed: number): readonly Message[] {
  const what = fc.constantFrom(
    'signed',
    'signed',
    'registered',
    'registered',
    'ended',
    'again',
    'other',
    'invalid',
    'rubbish',
    'bsn',
  );
  const drawn = fc.sample(fc.record({ what, job: fc.nat(count >> 2), mode: fc.boolean(), before: fc.nat() }), {
    seed,
    numRuns: count,
  });
  const messages: Message[] = [];
  const put = (message: HrMessage, mode: boolean): void =>
    void messages.push({ message, out: mode ? binary(message) : structured(message) });
  for (const [n, { what, job, mode, before }] of drawn.entries()) {
    const employment = `job-${seed}-${job}`;
    const earlier = messages[before % (n + 1)]?.message ?? null;
    if (what === 'rubbish')
      messages.push({ message: null, out: { key: employment, value: Buffer.from([n & 255, 0xff, 0x00, job & 255]) } });
    else if (what === 'bsn')
      messages.push({ message: null, out: { key: employment, value: `{"note":"123456782 ${n}"}` } });
    else if (what === 'again' && earlier !== null) put(earlier, mode);
    else if (what === 'other' && earlier !== null) put({ ...earlier, time: '2025-01-01T00:00:00Z' }, mode);
    else if (what === 'invalid') put(hrMessage('ContractSigned', employment, { form: 'none' }), mode);
    else if (what === 'ended')
      put(hrMessage('ContractEnded', employment, { effectiveDate: '2024-06-30', endCode: '30' }), mode);
    else if (what === 'signed') put(signed(employment, '2024-01-01', '2024-12-31'), mode);
    else put(registered(employment, `person-${job % 25}`, { effectiveDate: '2024-01-01' }), mode);
  }
  return messages;
}

export async function deliver(
  sender: Sender,
  topic: string,
  messages: readonly Message[],
): Promise<readonly Delivered[]> {
  const places = await sender.send(topic, messages.map(({ out }) => out)); // prettier-ignore
  return messages.map(({ message }, n) => {
    const { partition, offset } = places[n] ?? { partition: -1, offset: '-1' };
    return { origin: `kafka:${topic}/${partition}#${offset}`, partition, event: message };
  });
}

export type Handled = {
  readonly kafka: Kafka;
  readonly store: EventStore;
  readonly intake: Intake;
  readonly topics: Topics;
};

export const lagOf = async ({ kafka, topics }: Pick<Handled, 'kafka' | 'topics'>): Promise<number> =>
  [...(await kafka.lag(topics.group, topics.facts)).values()].reduce((sum, lag) => sum + lag, 0);

/** All has been handled, and as if nothing had been killed. Gives how many there are of each outcome. */
export async function expectHandledOnce(
  handled: Handled,
  deliveries: readonly Delivered[],
): Promise<Readonly<Record<string, number>>> {
  const { kafka, store, intake, topics } = handled;
  await until(async () => (await lagOf(handled)) === 0, 120_000);
  const rows = await intake.byOrigins(deliveries.map(({ origin }) => origin));
  expect(rows).toHaveLength(deliveries.length);
  expect((await intake.counts()).reduce((sum, { count }) => sum + count, 0)).toBe(deliveries.length);
  const told = await firstOutcomes(kafka, topics.outcomes);
  expect(told.size).toBe(deliveries.length);
  expect(new Map([...told.values()].map(({ delivery, outcome }) => [delivery, outcome]))).toEqual(
    new Map(rows.map(({ origin, outcome }) => [origin, outcome])),
  );
  expect(await factsOf(store)).toEqual(await undisturbed(deliveries, Buffer.from(SECRET, 'hex')));
  await expectLettersThere(handled, rows.flatMap(({ origin, outcome }) => (outcome === 'deadLetter' ? [origin] : []))); // prettier-ignore
  return countsOf(rows);
}

/** A letter may be written twice; none is missing, none is of another message, and the ledger points to one that is there. */
async function expectLettersThere({ kafka, intake, topics }: Handled, origins: readonly string[]): Promise<void> {
  const places = new Map<string, string[]>();
  for (const { headers, partition, offset } of await allOf(kafka, `${topics.facts}.DLT`)) {
    const told = new Map(headers.map(([name, text]) => [name, text.toString()]));
    const origin = `kafka:${topics.facts}/${told.get('kafka_dlt-original-partition')}#${told.get('kafka_dlt-original-offset')}`;
    places.set(origin, [...(places.get(origin) ?? []), `${partition}#${offset}`]);
  }
  expect([...places.keys()].sort()).toEqual([...origins].sort());
  const rows = await intake.deadLetters.byOrigins(origins);
  expect(rows).toHaveLength(origins.length);
  for (const { origin, partition, offset } of rows) expect(places.get(origin)).toContain(`${partition}#${offset}`);
}
