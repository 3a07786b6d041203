import type { Kafka, ReceivedMessage } from '@bestendig/kafka';
import { uniqueName } from '@bestendig/testing';

/** All that a topic holds now, partition by partition. */
export async function allOf(kafka: Kafka, topic: string): Promise<readonly ReceivedMessage[]> {
  const found: ReceivedMessage[] = [];
  const stop = new AbortController();
  const group = uniqueName('reader');
  const reading = kafka.consume({ group, topic, batchMessages: 1_000, signal: stop.signal, handle: async (messages) => void found.push(...messages) });
  for (let tries = 0; ![...(await kafka.lag(group, topic)).values()].every((lag) => lag === 0); tries += 1) {
    if (tries > 800) throw new Error('The topic could not be read to its end.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  stop.abort();
  await reading;
  return found.sort((a, b) => a.partition - b.partition || Number(a.offset) - Number(b.offset));
}
