import { EXAMPLES, type HrMessage } from '@bestendig/hr-messages';
import type { OutgoingMessage } from '@bestendig/kafka';
import { binary, structured } from '../e2e/kafka/running-ingest';

type Bytes = Buffer | null;
/** A message with all of it as bytes, so that any of it can be changed. */
type Raw = { key: Bytes; value: Bytes; headers: [string, Buffer][] };

/** What breaks readers: ends of text, of JSON and of lines, numbers that are none, halves of characters, names of every object. */
const TOKENS = [
  '"',
  '\\',
  '{',
  '[',
  '}',
  ',',
  ':',
  '\0',
  '\n',
  '\\u0000',
  '\\ud800',
  '1e999',
  '-0',
  'null',
  '"__proto__":',
  '"constructor":{},',
  '\ufeff',
  '\u202e',
  '\u0661',
  '123456782',
  '2024-02-30',
  '~',
  ' ',
].map((text) => Buffer.from(text));
const HEADERS = [
  'content-type',
  'ce_id',
  'CE_ID',
  'ce_',
  'ce_data',
  'ce_datacontenttype',
  'toString',
  '__proto__',
  'bestendig-redrive-cycle',
  'kafka_dlt-cycle',
  'kafka_dlt-original-topic',
  '',
];
const CONTENT_TYPES = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'text/plain',
  'application/json; charset=utf-16',
  '',
];

/** Byte strings, changed messages and valid ones, the same for the same seed. */
export class HostileMessages {
  private readonly sent: HrMessage[] = [];

  /** @param jobs how many employments are spoken of */
  constructor(
    private state: number,
    private readonly jobs: number,
  ) {}

  /** Half random bytes, half changed messages, and behind every tenth a valid one. */
  take(count: number): readonly OutgoingMessage[] {
    return Array.from({ length: count }, (_, n) => [
      n % 2 === 0 ? this.rubbish() : this.changed(),
      ...(n % 10 === 9 ? [this.valid()] : []),
    ]).flat();
  }

  private rubbish(): OutgoingMessage {
    // Also as what it is not: bytes that are read as JSON, and as attributes.
    const headers: [string, Buffer][] = [];
    if (this.below(3) === 0) headers.push(['content-type', Buffer.from(this.one(CONTENT_TYPES))]);
    if (this.below(3) === 0) headers.push([this.one(HEADERS), this.bytes(this.below(40))]);
    return {
      key: this.below(4) === 0 ? null : this.bytes(this.below(30)),
      value: this.bytes(this.below(2_001)),
      headers,
    };
  }

  private valid(): OutgoingMessage {
    const message = this.message();
    this.sent.push(message);
    return this.written(message);
  }

  private changed(): OutgoingMessage {
    // Of one that was sent the key stays: which of two of an id comes first is decided within a partition.
    const before = this.below(4) === 0 ? this.sent[this.below(this.sent.length)] : undefined;
    const { key, value, headers } = this.written(before ?? this.message());
    const raw: Raw = {
      key: bytesOf(key),
      value: bytesOf(value),
      headers: (headers ?? []).map(([name, text]) => [name, Buffer.from(text)]),
    };
    if (before === undefined && this.below(6) === 0)
      raw.key = this.one([null, Buffer.alloc(0), this.bytes(20), Buffer.from(this.job())]);
    for (let times = this.below(3); times >= 0; times -= 1) this.change(raw);
    return raw;
  }

  private change(raw: Raw): void {
    const header = raw.headers[this.below(raw.headers.length)];
    const kind = this.below(8);
    if (kind < 4 || header === undefined) raw.value = this.spoiled(raw.value ?? Buffer.alloc(0));
    else if (kind === 4) header[1] = this.spoiled(header[1]);
    else if (kind === 5) header[0] = this.one(HEADERS);
    else if (kind === 6) header[1] = Buffer.from(this.one(CONTENT_TYPES));
    else
      raw.headers.splice(
        this.below(raw.headers.length),
        this.below(2),
        ...(this.below(2) === 0 ? [[...header] as [string, Buffer]] : []),
      );
  }

  private spoiled(bytes: Buffer): Buffer {
    const [from, length] = [this.below(bytes.length + 1), this.below(1 + Math.min(40, bytes.length))];
    const [before, chunk, behind] = [
      bytes.subarray(0, from),
      bytes.subarray(from, from + length),
      bytes.subarray(from + length),
    ];
    const kind = this.below(8);
    if (kind === 0) return before;
    if (kind === 1) return Buffer.concat([before, behind]);
    if (kind === 2) return Buffer.concat([before, chunk, chunk, behind]);
    if (kind === 3) return Buffer.concat([before, this.bytes(1 + this.below(4)), chunk, behind]);
    if (kind === 4) return Buffer.concat([before, this.one(TOKENS), chunk, behind]);
    if (kind === 5) return Buffer.from(bytes.map((byte, at) => (at === from ? byte ^ (1 << this.below(8)) : byte)));
    // A digit or a letter for another: many of these are messages still.
    const [low, range] = kind === 6 ? [0x30, 10] : [0x61, 26];
    const places = [...bytes.keys()].filter((at) => ((bytes[at] ?? 0) - low) >>> 0 < range); // prettier-ignore
    const place = this.one(places.length === 0 ? [-1] : places);
    return Buffer.from(bytes.map((byte, at) => (at === place ? low + this.below(range) : byte)));
  }

  private message(): HrMessage {
    const example = this.one(Object.values(EXAMPLES));
    // Letters only, and long: no BSN, and by no change the id of another message.
    const id = Array.from({ length: 16 }, () => String.fromCharCode(97 + this.below(26))).join('');
    return { ...example, id, data: { ...example.data, employment: this.job() } };
  }

  private written(message: HrMessage): OutgoingMessage {
    return this.below(2) === 0 ? binary(message) : structured(message);
  }

  private readonly job = (): string => `job-${this.below(this.jobs)}`;
  private readonly bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => this.below(256)));
  private readonly one = <T>(of: readonly T[]): T => of[this.below(of.length)] as T;
  private readonly below = (end: number): number => Math.floor(this.next() * end);

  /** mulberry32: at least 0, less than 1. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

const bytesOf = (text: Buffer | string | null): Bytes => (text === null ? null : Buffer.from(text));
