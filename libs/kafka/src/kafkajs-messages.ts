import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { Header, OutgoingMessage, ReceivedMessage } from './port';

/** A message that kafkajs read. */
export function received(
  topic: string,
  partition: number,
  { offset, key, value, headers, timestamp }: KafkaMessage,
): ReceivedMessage {
  return { topic, partition, offset, key, value, headers: headersOf(headers), timestampMs: Number(timestamp) };
}

/** A header may have no value at all; it cannot be sent so, and reads as an empty one. */
function headersOf(headers: IHeaders | undefined): readonly Header[] {
  return Object.entries(headers ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one): Header => [name, Buffer.isBuffer(one) ? one : Buffer.alloc(0)]),
  );
}

/** As kafkajs sends it: headers by name, on an object where no name means anything else. */
export function messageOf({ key, value, headers, partition }: OutgoingMessage): Message {
  const grouped = Object.create(null) as Record<string, (Buffer | string)[]>;
  for (const [name, text] of headers ?? []) (grouped[name] ??= []).push(text);
  return { key, value, headers: grouped, ...(partition === undefined ? {} : { partition }) };
}

/** Of one request: below a broker's usual limit of 1 MiB. */
const REQUEST_BYTES_MAX = 512 * 1024;
const REQUEST_MESSAGES_MAX = 500;

/** Cut so that a request stays below what a broker takes, unless it is one message that does not. */
export function* requestsOf(messages: readonly OutgoingMessage[]): Generator<readonly OutgoingMessage[]> {
  let request: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const more = bytesOf(message);
    if (request.length > 0 && (request.length >= REQUEST_MESSAGES_MAX || bytes + more > REQUEST_BYTES_MAX)) {
      yield request;
      [request, bytes] = [[], 0];
    }
    request.push(message);
    bytes += more;
  }
  if (request.length > 0) yield request;
}

const OTHER_BYTES = 64;

const bytesOf = ({ key, value, headers }: OutgoingMessage): number =>
  Buffer.byteLength(key ?? '') + Buffer.byteLength(value ?? '') + (headers ?? []).reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text), OTHER_BYTES); // prettier-ignore
