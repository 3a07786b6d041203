import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaSettings } from '@bestendig/kafka';
import { findKafka, startLocalKafka } from '@bestendig/local-kafka';

/** A broker of the bench's own, gone afterwards; or the one that KAFKA_BROKERS names, where the bench's topics stay. */
export async function withBenchKafka<T>(work: (settings: KafkaSettings) => Promise<T>): Promise<T> {
  const settings = (broker: string): KafkaSettings => ({ brokers: [broker], clientId: 'bench', tls: false, sasl: null });
  const { KAFKA_BROKERS: named = '' } = process.env;
  if (named !== '') return work(settings(named));
  const found = findKafka(process.env);
  if ('missing' in found) throw new Error(`This bench needs a Kafka: there is no KAFKA_BROKERS, and ${found.missing}.`);
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-bench-kafka-'));
  const kafka = await startLocalKafka({ ...found, folder });
  try {
    return await work(settings(kafka.broker));
  } finally {
    await kafka.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
