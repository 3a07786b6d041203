import { createHmac, hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256 hex over the RFC 8785 text of a value. */
export const digestOf = (value: unknown): string => hash('sha256', textOf(value));

/** HMAC-SHA-256 hex over the RFC 8785 text of a value: for what is kept, where a plain hash could be guessed from a short key or nine digits. */
export const keyedDigestOf = (key: Buffer, value: unknown): string => createHmac('sha256', key).update(textOf(value)).digest('hex');

function textOf(value: unknown): string {
  return canonicalize(value) ?? 'null';
}
