import { randomBytes } from 'node:crypto';
import { EXAMPLES, mayHoldBsn } from '@bestendig/hr-messages';
import { readCloudEvent, type OutgoingMessage } from '@bestendig/kafka';
import { describeWithKafka } from '@bestendig/testing';
import { registered, signed } from '../e2e/api/messages';
import { binary, RunningIngest, SECRET, structured, until } from '../e2e/kafka/running-ingest';
import { HostileMessages } from './hostile-messages';
import { countsOf, factsOf, firstOutcomes, undisturbed, type Delivered } from './undisturbed';

/** Besides a tenth that is valid. */
const HOSTILE = Number(process.env['HOSTILE'] ?? 10_000);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const PARTITIONS = 6;
const WAVE = 5_000;
const HANDLED_MS_MAX = 120_000 + HOSTILE * 10;

jest.setTimeout(2 * HANDLED_MS_MAX);

const JSON_TYPE = ['content-type', 'application/json'] as const;
const STRUCTURED_TYPE = ['content-type', 'application/cloudevents+json'] as const;
const deep = (open: string, close: string, levels: number): string => open.repeat(levels) + close.repeat(levels);

/** What it is, the message, and what must become of it; the first six come to stand first in their partitions. */
const poisons: readonly (readonly [what: string, message: OutgoingMessage, outcome: string, reason: string | null])[] =
  [
    [
      'random bytes',
      { key: randomBytes(16), value: Buffer.concat([Buffer.from([0xff]), randomBytes(2_000)]) },
      'deadLetter',
      'notUtf8',
    ],
    [
      'half a character',
      { key: 'k', value: Buffer.from([0x7b, 0x22, 0xe2, 0x82, 0x22, 0x7d]), headers: [JSON_TYPE] },
      'deadLetter',
      'notUtf8',
    ],
    [
      '100,000 lists in each other',
      { key: 'k', value: deep('[', ']', 100_000), headers: [STRUCTURED_TYPE] },
      'deadLetter',
      'noCloudEvent',
    ],
    [
      '20,000 headers',
      { key: 'k', value: '{}', headers: Array.from({ length: 20_000 }, (_, n) => [`h${n}`, 'x'] as const) },
      'deadLetter',
      'invalid',
    ],
    ['nothing at all', { key: null, value: null }, 'deadLetter', 'noValue'],
    [
      'attributes in headers that contradict the envelope, which counts',
      {
        ...structured(signed('contradicted', '2024-01-01')),
        headers: [STRUCTURED_TYPE, ['ce_id', 'other'], ['ce_type', EXAMPLES.ContractEnded.type]],
      },
      'parked',
      'notRegistered',
    ],
    [
      'data of 40,000 objects in each other',
      { ...binary(signed('deep', '2024-01-01')), value: `{"data":${'{"a":'.repeat(40_000)}0${'}'.repeat(40_000)}}` },
      'deadLetter',
      'invalid',
    ],
    [
      'names that every object has',
      {
        key: '__proto__',
        value: '{"__proto__":{"id":"x"},"constructor":1,"toString":{}}',
        headers: [
          ['__proto__', 'x'],
          ['toString', 'x'],
          ['constructor', 'x'],
        ],
      },
      'deadLetter',
      'invalid',
    ],
    [
      'a number that is none',
      structured(registered('endless', 'P', { hoursPerWeek: 'HOURS' })),
      'deadLetter',
      'invalid',
    ],
    ['zeros', { key: Buffer.alloc(4_096), value: Buffer.alloc(200_000) }, 'deadLetter', 'notJson'],
    [
      'a character that PostgreSQL does not take, in each field',
      structured({ ...registered('zero\0', 'P\0', { team: '\0' }), id: '\0' }),
      'deadLetter',
      'invalid',
    ],
    [
      'a BSN in the name of a header',
      { ...binary(signed('bsn', '2024-01-01')), headers: [['123456782', '']] },
      'refused',
      'mayHoldBsn',
    ],
  ];

describeWithKafka('hr-ingest and messages that nobody should send', (kafka) => {
  let ingest: RunningIngest;
  beforeEach(async () => {
    ingest = await RunningIngest.start(kafka().broker, { partitions: PARTITIONS });
  });
  afterEach(() => ingest.stop());
  const handled = () =>
    until(
      async () =>
        [...(await ingest.kafka.lag(ingest.options.group, ingest.options.factsTopic)).values()].every(
          (lag) => lag === 0,
        ),
      HANDLED_MS_MAX,
    );
  const told = async () => [...(await firstOutcomes(ingest.kafka, ingest.options.outcomesTopic)).values()];
  const originOf = ({ partition, offset }: { readonly partition: number; readonly offset: string }): string =>
    `kafka:${ingest.options.factsTopic}/${partition}#${offset}`;

  test('a poison message first in every partition: it has its outcome, and what stands behind it is recorded', async () => {
    await ingest.pause();
    const sent = await ingest.send(
      ...poisons.map(([, message], n) => ({ ...endless(message), partition: n % PARTITIONS })),
    );
    expect(sent.slice(0, PARTITIONS).map(originOf)).toEqual(
      Array.from({ length: PARTITIONS }, (_, partition) => originOf({ partition, offset: '0' })),
    );
    const valid = await ingest.send(
      ...Array.from({ length: 120 }, (_, n) => ({
        ...binary(registered(`behind-${n}`, `P-${n}`)),
        partition: n % PARTITIONS,
      })),
    );
    ingest.goOn();
    await handled();
    const outcomes = new Map((await told()).map(({ delivery, outcome, reason }) => [delivery, [outcome, reason]]));
    expect(poisons.map(([what], n) => [what, outcomes.get(originOf(sent[n] ?? none))])).toEqual(
      poisons.map(([what, , outcome, reason]) => [what, [outcome, reason]]),
    );
    expect(valid.map((place) => outcomes.get(originOf(place))?.[0])).toEqual(valid.map(() => 'accepted'));
    expect(outcomes.size).toBe(sent.length + valid.length);
    // It rejects where hr-ingest had ended by itself.
    await ingest.pause();
  });

  test(`${HOSTILE} random byte strings and changed messages: each has one first outcome, and the facts are those of an undisturbed run (seed ${SEED})`, async () => {
    const messages = new HostileMessages(SEED, Math.ceil(HOSTILE / 20));
    const deliveries: Delivered[] = [];
    for (let left = HOSTILE; left > 0; left -= WAVE) {
      const wave = messages.take(Math.min(left, WAVE));
      const places = await ingest.send(...wave);
      wave.forEach((message, n) =>
        deliveries.push({
          origin: originOf(places[n] ?? none),
          partition: places[n]?.partition ?? 0,
          event: eventOf(message),
        }),
      );
    }
    await handled();
    const outcomes = await told();
    expect(outcomes.filter(({ reason }) => reason === 'notHandled')).toEqual([]);
    expect(outcomes).toHaveLength(deliveries.length);
    expect(new Set(outcomes.map(({ delivery }) => delivery))).toEqual(new Set(deliveries.map(({ origin }) => origin)));
    expect((await ingest.intake.counts()).reduce((sum, { count }) => sum + count, 0)).toBe(deliveries.length);
    const facts = await factsOf(ingest.store);
    expect(facts.length).toBeGreaterThanOrEqual(Math.floor(HOSTILE / 10));
    expect(facts).toEqual(await undisturbed(deliveries, SECRET));
    await ingest.pause();
    // eslint-disable-next-line no-console
    console.info(
      `hr-ingest: ${deliveries.length} deliveries, ${HOSTILE} of them hostile: ${JSON.stringify(countsOf(outcomes))}, ${facts.length} facts; seed ${SEED}`,
    );
  });
});

const none = { partition: -1, offset: '' };

/** JSON knows no such number, though a text may hold it. */
const endless = (message: OutgoingMessage): OutgoingMessage => ({
  ...message,
  value: typeof message.value === 'string' ? message.value.replace('"HOURS"', '1e999') : message.value,
});

/** What a message says, where it may be read and no part around the event may hold a BSN; null otherwise. */
function eventOf({ key, value, headers = [] }: OutgoingMessage): unknown {
  const bytes = headers.map(([name, text]) => [name, Buffer.from(text)] as const);
  const around = [String(key), ...bytes.flatMap(([name, text]) => [name, text.toString(), text.toString('latin1')])];
  const read = readCloudEvent({ value: value === null ? null : Buffer.from(value), headers: bytes });
  return read.ok && !around.some((text) => mayHoldBsn(text)) ? read.event : null;
}
