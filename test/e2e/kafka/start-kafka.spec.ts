import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HR_FACTS_TOPIC } from '@bestendig/hr-messages';
import { HR_OUTCOMES_TOPIC, PLACEMENTS_TOPIC } from '@bestendig/integration-events';
import { openKafka, type Kafka, type OutgoingMessage } from '@bestendig/kafka';
import { describeWithKafka } from '@bestendig/testing';
import { build, launch, until as untilSaid, type Built, type Environment, type Running } from '../../reliability/built';
import { DataFolders } from '../../reliability/data-folder';
import { registered, signed, SOURCE } from '../api/messages';
import { binary, until } from './running-ingest';
import { allOf } from './whole-topic';

jest.setTimeout(120_000);

const folders = new DataFolders();
let built: Built;

beforeAll(async () => {
  built = await build();
}, 60_000);
afterAll(async () => {
  await folders.removeAll();
  built.remove();
});

/** With a broker of its own, at any free port. */
const start = (
  folder: string,
  environment: Partial<Environment> = {},
  flags: readonly string[] = ['--kafka'],
): Running => {
  const { KAFKA_HOME = '' } = process.env;
  return launch(built.main, ['start', ...flags], {
    BESTENDIG_DATA: folder,
    KAFKA_HOME,
    KAFKA_PORT: '0',
    ...environment,
  });
};

/** Java that was started on this data folder, be it a broker or the tool that makes its folder ready. */
const javaOn = (folder: string): readonly string[] =>
  execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n').filter((line) => line.includes(join(folder, 'kafka/'))); // prettier-ignore

/** A program that is up, as another system sees it. */
class Up {
  private constructor(
    readonly running: Running,
    readonly broker: string,
    private readonly address: string,
    private readonly kafka: Kafka,
  ) {}

  static async of(running: Running): Promise<Up> {
    const [, address = ''] = await untilSaid(running, /is up: (http:\S+)/);
    const [, broker = ''] = await untilSaid(running, /Kafka at (\S+): facts in by/);
    return new Up(running, broker, address, openKafka({ brokers: [broker], clientId: 'test', tls: false, sasl: null }));
  }

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    await until(async () => (await this.kafka.partitionsOf(HR_FACTS_TOPIC).catch(() => null)) !== null);
    const sender = await this.kafka.openSender();
    await sender.send(HR_FACTS_TOPIC, messages);
    await sender.close();
  }

  /** What became of each message, once so many were told of; each once. */
  async outcomes(count: number): Promise<readonly string[]> {
    const found = new Map<string, string>();
    // Asked first: reading a topic takes long.
    await until(async () => (await this.intake()) >= count);
    await until(async () => {
      if ((await this.kafka.partitionsOf(HR_OUTCOMES_TOPIC)) === null) return false;
      for (const { value } of await allOf(this.kafka, HR_OUTCOMES_TOPIC)) {
        const { outcome, delivery } = JSON.parse(value?.toString() ?? '') as {
          readonly outcome: string | null;
          readonly delivery: string;
        };
        if (outcome !== null) found.set(delivery, outcome);
      }
      return found.size >= count;
    });
    return [...found.values()].sort();
  }

  async publishedIds(count: number): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    await until(async () => {
      if ((await this.kafka.partitionsOf(PLACEMENTS_TOPIC)) === null) return false;
      for (const { headers } of await allOf(this.kafka, PLACEMENTS_TOPIC))
        ids.add(headers.find(([name]) => name === 'ce_id')?.[1].toString() ?? '');
      return ids.size >= count;
    });
    return ids;
  }

  /** How many deliveries of the source the API knows of. */
  async intake(): Promise<number> {
    const { sources } = (await (await fetch(`${this.address}/v1/intake`)).json()) as {
      readonly sources: readonly { readonly source: string; readonly outcomes: { readonly total: number } }[];
    };
    return sources.find(({ source }) => source === SOURCE)?.outcomes.total ?? 0;
  }

  /** Ends it by a signal; resolves with its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    await this.kafka.close();
    this.running.child.kill(signal);
    return (await this.running.ended).code;
  }
}

/** Somebody who is placed, under a contract. */
const placed = (name: string): readonly OutgoingMessage[] => [
  binary(registered(name, `person-${name}`, { effectiveDate: '2024-01-01' })),
  binary(signed(name, '2024-01-01', '2024-12-31')),
];

test('without the jars of Kafka it says so and how to get them, and ends before anything is started', async () => {
  const folder = folders.next();
  const { code, stderr } = await start(folder, { KAFKA_HOME: folder }).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/KAFKA_HOME names a folder without libs.*\(kafkaMissing\)/);
  expect(readdirSync(folder)).toEqual([]);
});

describeWithKafka(
  'npm start with Kafka',
  (kafka) => {
    test('facts go in and placements come out by a broker of its own; it ends with Ctrl-C and with kill -9, and the next start goes on with its topics', async () => {
      const folder = await folders.make();
      const first = await Up.of(start(folder));
      expect(javaOn(folder)).not.toEqual([]);
      await first.send(placed('E-1'));
      expect(await first.outcomes(2)).toEqual(['accepted', 'accepted']);
      const published = await first.publishedIds(1);
      expect(await first.end('SIGINT')).toBe(0);
      expect(javaOn(folder)).toEqual([]);

      const second = await Up.of(start(folder));
      const messages = Array.from({ length: 40 }, (_, n) => placed(`K-${n}`)).flat();
      await second.send(messages);
      expect(await second.end('SIGKILL')).toBeNull();
      await until(async () => javaOn(folder).length === 0, 5_000);

      const third = await Up.of(start(folder));
      const deliveries = 2 + messages.length;
      expect(await third.outcomes(deliveries)).toEqual(Array(deliveries).fill('accepted'));
      expect(await third.intake()).toBe(deliveries);
      const all = await third.publishedIds(published.size + 40);
      expect([...published].filter((id) => !all.has(id))).toEqual([]);
      // Its broker alone dies: it is there again, at the same address.
      const before = javaOn(folder);
      for (const line of before) process.kill(Number(line.trim().split(' ')[0]), 'SIGKILL');
      await until(async () => javaOn(folder).length === before.length);
      await third.send(placed('E-2'));
      expect(await third.outcomes(deliveries + 2)).toHaveLength(deliveries + 2);
      expect(await third.end('SIGTERM')).toBe(0);
      expect(javaOn(folder)).toEqual([]);
    });

    test('killed or stopped at any moment of the first start of its broker, it leaves nothing that the next one stumbles over', async () => {
      const folder = await folders.make();
      for (const [ms, signal] of [
        [300, 'SIGKILL'],
        [1_000, 'SIGINT'],
        [2_000, 'SIGKILL'],
      ] as const) {
        // prettier-ignore
        const stopped = start(folder);
        await untilSaid(stopped, /Starting Kafka/);
        await sleep(ms);
        stopped.child.kill(signal);
        const { code } = await stopped.ended;
        expect(code).toBe(signal === 'SIGINT' ? 0 : null);
        await until(async () => javaOn(folder).length === 0, 10_000);
      }
      const next = await Up.of(start(folder));
      await next.send(placed('E-1'));
      expect(await next.outcomes(2)).toEqual(['accepted', 'accepted']);
      expect(await next.end('SIGINT')).toBe(0);
    });

    test('with KAFKA_BROKERS it starts none and uses that one', async () => {
      const folder = await folders.make();
      const up = await Up.of(start(folder, { KAFKA_HOME: '', KAFKA_BROKERS: kafka().broker }, []));
      expect(up.broker).toBe(kafka().broker);
      expect(javaOn(folder)).toEqual([]);
      await up.send(placed('E-1'));
      expect(await up.outcomes(2)).toEqual(['accepted', 'accepted']);
      expect(await up.end('SIGINT')).toBe(0);
    });
  },
  { mustBeOwn: true },
);
