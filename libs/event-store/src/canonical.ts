import { hash } from 'node:crypto';
import { EventStoreError } from './port';

const DEPTH_MAX = 64;
/** Nothing that JSON escapes. */
const PLAIN = /^[ !#-[\]-~]*$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The RFC 8785 text of a JSON value: one text for one content, whatever the order its keys were written in.
 * Properties that are undefined are left out, as JSON does.
 *
 * @throws EventStoreError `invalidEvent` for what JSON cannot say: bigint, NaN, functions, dates, maps, lone
 * surrogates, undefined in an array, rings, and nesting beyond 64 levels.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

/** Hex SHA-256 of the text in UTF-8. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw notJson(`the number ${value}`);
    return String(value === 0 ? 0 : value);
  }
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (typeof value !== 'object') throw notJson(typeof value);
  if (depth === DEPTH_MAX) throw notJson(`nesting beyond ${DEPTH_MAX} levels`);
  return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1);
}

function writeArray(items: readonly unknown[], depth: number): string {
  let text = '[';
  for (let index = 0; index < items.length; index++) text += (index === 0 ? '' : ',') + write(items[index], depth);
  return `${text}]`;
}

function writeObject(value: object, depth: number): string {
  if (!isPlain(value)) throw notJson(Object.prototype.toString.call(value));
  const keys = Object.keys(value);
  // UTF-16 code units decide, as RFC 8785 says and sort does.
  if (keys.some((key, index) => index > 0 && key < (keys[index - 1] ?? ''))) keys.sort();
  let text = '{';
  for (const key of keys) {
    const property = value[key];
    if (property === undefined) continue;
    text += (text === '{' ? '' : ',') + keyText(key) + write(property, depth);
  }
  return `${text}}`;
}

/** By tag, not by prototype: an object from another realm (a worker, a Jest sandbox) is as plain as ours. */
function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]' && !('toJSON' in value);
}

const KEY_TEXTS_MAX = 1_000;
const keyTexts = new Map<string, string>();

/** The few names that data has, written once. */
function keyText(key: string): string {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  const text = `${quoted(key)}:`;
  if (keyTexts.size < KEY_TEXTS_MAX) keyTexts.set(key, text);
  return text;
}

/** @throws EventStoreError `invalidEvent` for a lone surrogate, which no UTF-8 text can hold. */
export function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  const json = JSON.stringify(text);
  // A lone surrogate comes out escaped, so only a text that grew can hold one.
  if (json.length !== text.length + 2 && LONE_SURROGATE.test(text)) throw notJson('a lone surrogate');
  return json;
}

function notJson(what: string): EventStoreError {
  return new EventStoreError('invalidEvent', `Not JSON: ${what}.`);
}
