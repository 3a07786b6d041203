import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findKafka, startLocalKafka, type FoundKafka, type LocalKafka } from '@bestendig/local-kafka';
import { describeWhere } from './describe-where';

/** A broker for the length of a test file. */
export type TestKafka = {
  readonly broker: string;
  /** Where it is ours alone, so that a test may kill, freeze and start it again. */
  readonly own: LocalKafka | null;
  stop(): Promise<void>;
};

const IMAGE = 'confluentinc/cp-kafka:8.0.0';

type Found = { readonly start: () => Promise<TestKafka> } | { readonly missing: string };

/**
 * A broker, in this order: KAFKA_BROKERS, one that is running; a Docker engine, where one answers; Java and the jars that
 * KAFKA_HOME names. Without any of them, in CI, the tests fail.
 */
function findTestKafka(mustBeOwn: boolean): Found {
  const { KAFKA_BROKERS: broker = '', CI } = process.env;
  if (broker !== '' && !mustBeOwn) return { start: async () => ({ broker, own: null, stop: async () => undefined }) };
  const jars = findKafka(process.env);
  if (!mustBeOwn && dockerAnswers()) return { start: startContainer };
  if (!('missing' in jars)) return { start: () => startOwn(jars) };
  const missing = `${mustBeOwn ? 'it needs a Kafka that it may kill' : 'there is no KAFKA_BROKERS, no Docker engine'}, and ${jars.missing}`;
  if (CI === 'true') return { start: () => Promise.reject(new Error(`CI needs a Kafka: ${missing}.`)) };
  return { missing };
}

/** `describe` with a broker, or one that is skipped and says why, in its name and aloud. `mustBeOwn`: the tests kill it. */
export function describeWithKafka(name: string, tests: (kafka: () => TestKafka) => void, { mustBeOwn = false } = {}): void {
  const found = findTestKafka(mustBeOwn);
  if ('missing' in found) {
    describeWhere(found.missing, name, () => tests(() => { throw new Error('There is no Kafka.'); })); // prettier-ignore
    return;
  }
  describe(name, () => {
    let kafka: TestKafka | null = null;
    beforeAll(async () => {
      kafka = await found.start();
    }, 180_000);
    afterAll(() => kafka?.stop());
    tests(() => {
      if (kafka === null) throw new Error('Kafka did not start.');
      return kafka;
    });
  });
}

/** Of a topic or group: no other test has it, whatever broker they share. */
export const uniqueName = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;

async function startOwn(found: FoundKafka): Promise<TestKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-kafka-'));
  const own = await startLocalKafka({ ...found, folder });
  return {
    broker: own.broker,
    own,
    stop: async () => {
      await own.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startContainer(): Promise<TestKafka> {
  const { KafkaContainer } = await import('@testcontainers/kafka');
  const container = await new KafkaContainer(IMAGE).withKraft().start();
  return { broker: `${container.getHost()}:${container.getMappedPort(9093)}`, own: null, stop: async () => void (await container.stop()) };
}

function dockerAnswers(): boolean {
  if (!existsSync('/var/run/docker.sock') && process.env['DOCKER_HOST'] === undefined) return false;
  return spawnSync('docker', ['info'], { timeout: 10_000, stdio: 'ignore' }).status === 0;
}
