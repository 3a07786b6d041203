import type { OutgoingMessage, ReceivedMessage } from '@bestendig/kafka';
import { CYCLE_HEADER, type Letter } from './judge';
import { partitionOf } from './origins';

/** Kafka's own prefix for what is known of a dead letter; Spring and Connect read and write the same names. */
const DLT = 'kafka_dlt-';
/** Faults that are told: a message of rubbish may have thousands. */
const FAULTS_MAX = 50;

/** Topic for what cannot be read, breaks the contract, or reuses an id. */
export const deadLetterTopic = (topic: string): string => `${topic}.DLT`;

/** How often it had been sent again when it came. */
export function cycleOf({ headers }: Pick<ReceivedMessage, 'headers'>): number {
  const text = headers.find(([name]) => name === CYCLE_HEADER)?.[1].toString('latin1') ?? '';
  return /^\d{1,4}$/.test(text) ? Number(text) : 0;
}

type About = Pick<Letter, 'code' | 'faults'> & { readonly message: ReceivedMessage; readonly origin: string; readonly group: string; /** Of the letters' topic. */ readonly partitions: number };

/** The bytes, key and headers as they came, with where they came from and what was wrong; no value of the message is in that. */
export function deadLetterOf({ message, origin, code, faults, group, partitions }: About): OutgoingMessage {
  const { key, value, headers, topic, partition, offset, timestampMs } = message;
  const own = headers.filter(([name]) => !name.startsWith(DLT));
  const told = faults.slice(0, FAULTS_MAX).map((fault) => `${fault.pointer === '' ? 'message' : fault.pointer}: ${fault.code}`);
  return {
    key,
    value,
    // The facts may have got more partitions since the letters' topic was made.
    partition: partition % partitions,
    headers: [
      ...own,
      [`${DLT}original-topic`, topic],
      [`${DLT}original-partition`, String(partition)],
      [`${DLT}original-offset`, offset],
      [`${DLT}original-timestamp`, String(timestampMs)],
      [`${DLT}original-consumer-group`, group],
      [`${DLT}exception-fqcn`, code],
      [`${DLT}exception-message`, told.join('; ')],
      [`${DLT}delivery`, origin],
      [`${DLT}cycle`, String(cycleOf(message))],
    ],
  };
}

/** Where Kafka takes no more as large: what is known of it without its bytes. */
export function withoutBytes({ key, value, headers = [], ...letter }: OutgoingMessage): OutgoingMessage {
  const [keyBytes, valueBytes] = [Buffer.byteLength(key ?? ''), Buffer.byteLength(value ?? '')];
  return { ...letter, key: null, value: null, headers: [...headers.filter(([name]) => name.startsWith(DLT)), [`${DLT}left-out`, `key of ${keyBytes} bytes, value of ${valueBytes} bytes, headers`]] };
}

/** Which delivery a letter is of; null where it does not say. */
export const deliveryOf = ({ headers }: ReceivedMessage): string | null => headers.find(([name]) => name === `${DLT}delivery`)?.[1].toString() ?? null;

/** The same message for its own topic again, which has so many partitions: as it came at first, one cycle further. */
export function sentAgain({ key, value, headers }: ReceivedMessage, { origin, cycle, partitions }: { readonly origin: string; readonly cycle: number; readonly partitions: number }): OutgoingMessage {
  const own = headers.filter(([name]) => !name.startsWith(DLT) && name !== CYCLE_HEADER);
  return { key, value, partition: partitionOf(origin) % partitions, headers: [...own, [CYCLE_HEADER, String(cycle)]] };
}
