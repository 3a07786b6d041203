import type { Header, OutgoingMessage, ReceivedMessage } from './port';

/** Why a message is no CloudEvent that can be read. */
export const UNREADABLE = [
  'noValue', // a tombstone, or nothing at all
  'notUtf8', // bytes that are no UTF-8
  'notJson', // not JSON, or JSON that is no object
  'nameTwice', // JSON with the same name twice in one object: which one counts is anybody's guess
  'headerTwice', // an attribute in two headers
  'contentType', // a content type that no message of ours has
  'batch', // several events in one message
  'noCloudEvent', // neither attributes in headers nor an event as value
] as const; // prettier-ignore
export type UnreadableCode = (typeof UNREADABLE)[number];

export type ReadEvent =
  | { readonly ok: true; readonly event: Record<string, unknown> }
  | { readonly ok: false; readonly code: UnreadableCode };

const ATTRIBUTE = /^ce_/i;
const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

/**
 * The CloudEvent that a message holds, in binary mode (attributes in headers `ce_...`, the value is `data`) or structured mode
 * (the value is the whole event). What the attributes say is not looked at. Never throws, whatever the bytes.
 */
export function readCloudEvent({ value, headers }: Pick<ReceivedMessage, 'value' | 'headers'>): ReadEvent {
  const contentType = contentTypeOf(headers);
  if (contentType === null) return unreadable('headerTwice');
  if (contentType === BATCH) return unreadable('batch');
  if (contentType === STRUCTURED) return structured(value);
  const attributes = attributesOf(headers);
  if (typeof attributes === 'string') return unreadable(attributes);
  if (attributes.size > 0) return binary(value, contentType, Object.fromEntries(attributes));
  // As the plain tools of Kafka send it, without any header.
  return contentType === '' || isJson(contentType) ? structured(value) : unreadable('contentType');
}

/**
 * What the headers alone say of an event in binary mode, so that it has a name though its value cannot be read. Nothing in
 * structured mode, where the value counts, and nothing where an attribute is there twice or is no text.
 */
export function attributesInHeaders(headers: readonly Header[]): Readonly<Record<string, string>> {
  const contentType = contentTypeOf(headers);
  const attributes = contentType === STRUCTURED || contentType === BATCH ? 'noCloudEvent' : attributesOf(headers);
  return typeof attributes === 'string' ? {} : Object.fromEntries(attributes);
}

function structured(value: Buffer | null): ReadEvent {
  const read = jsonOf(value);
  if (!read.ok) return read;
  return isObject(read.value) ? { ok: true, event: read.value } : unreadable('noCloudEvent');
}

function binary(value: Buffer | null, contentType: string, attributes: Record<string, unknown>): ReadEvent {
  if (contentType !== '' && !isJson(contentType)) return unreadable('contentType');
  const read = jsonOf(value);
  return read.ok ? { ok: true, event: { ...attributes, data: read.value } } : read;
}

const isJson = (contentType: string): boolean => contentType === 'application/json' || contentType.endsWith('+json');

/** Lower case, without parameters; '' where there is none, null where there are two. */
function contentTypeOf(headers: readonly Header[]): string | null {
  const values = headers.filter(([name]) => name.toLowerCase() === 'content-type');
  if (values.length > 1) return null;
  return (values[0]?.[1].toString('latin1') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function attributesOf(headers: readonly Header[]): ReadonlyMap<string, string> | UnreadableCode {
  const attributes = new Map<string, string>();
  for (const [header, bytes] of headers) {
    if (!ATTRIBUTE.test(header)) continue;
    const name = header.slice(3).toLowerCase();
    const text = textOf(bytes);
    if (text === null) return 'notUtf8';
    if (attributes.has(name)) return 'headerTwice';
    attributes.set(name, text);
  }
  return attributes;
}

type ReadJson = { readonly ok: true; readonly value: unknown } | Extract<ReadEvent, { ok: false }>;

function jsonOf(value: Buffer | null): ReadJson {
  if (value === null || value.length === 0) return unreadable('noValue');
  const text = textOf(value);
  if (text === null) return unreadable('notUtf8');
  try {
    const parsed: unknown = JSON.parse(text);
    return namesIn(text) === namesOf(parsed) ? { ok: true, value: parsed } : unreadable('nameTwice');
  } catch {
    return unreadable('notJson');
  }
}

/** How many names the text gives: outside strings, each is followed by a colon. */
function namesIn(text: string): number {
  let names = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === COLON) names += 1;
    else if (unit === QUOTE) for (at += 1; text.charCodeAt(at) !== QUOTE; at += 1) if (text.charCodeAt(at) === BACKSLASH) at += 1;
  }
  return names;
}
const [COLON, QUOTE, BACKSLASH] = [0x3a, 0x22, 0x5c];

/** How many names the value has: fewer than the text where one came twice. Without recursion: a value may be deep. */
function namesOf(value: unknown): number {
  let names = 0;
  const stack: unknown[] = [value];
  while (stack.length > 0) {
    const part = stack.pop();
    if (typeof part !== 'object' || part === null) continue;
    const values: unknown[] = Object.values(part);
    if (!Array.isArray(part)) names += values.length;
    for (const one of values) stack.push(one);
  }
  return names;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
function textOf(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unreadable = (code: UnreadableCode): Extract<ReadEvent, { ok: false }> => ({ ok: false, code });

/** A CloudEvent in binary mode, with JSON as data. */
export function writeCloudEvent(event: {
  readonly key: Buffer | string | null;
  /** Besides `specversion`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: object;
  readonly partition?: number;
}): OutgoingMessage {
  const { key, attributes, data, partition } = event;
  const headers = Object.entries({ specversion: '1.0', ...attributes }).map(([name, text]) => [`ce_${name}`, text] as const);
  return {
    key,
    value: JSON.stringify(data),
    headers: [['content-type', 'application/json'], ...headers],
    ...(partition === undefined ? {} : { partition }),
  };
}
