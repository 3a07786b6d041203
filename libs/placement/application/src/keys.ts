import { createHmac } from 'node:crypto';
import { canonicalJson } from '@bestendig/event-store';

/** What a key of a source leads to: the stream of its link, or the person or placement that link names at first. */
export type KeyKind = 'personLink' | 'person' | 'employmentLink' | 'placement';

/** Bytes of the secret that keeps external keys out of the log; shorter ones are refused. */
export const SECRET_BYTES = 32;

/**
 * The UUID (version 8: made by our own rule) that stands for one key of one source. The same secret always gives the
 * same; without the secret nobody can go back to the key, nor try out keys.
 */
export function keyId(secret: Buffer, kind: KeyKind, source: string, key: string): string {
  const found = lately(secret);
  const name = canonicalJson([kind, source, key]);
  let id = found.get(name);
  if (id === undefined) {
    if (found.size >= LATELY_MAX) found.clear();
    found.set(name, (id = makeKeyId(secret, name)));
  }
  return id;
}

/** Facts of one employment come close together: most keys are asked for again at once. Some 5 MB at most. */
const LATELY_MAX = 20_000;
const madeLately = new WeakMap<Buffer, Map<string, string>>();

function lately(secret: Buffer): Map<string, string> {
  let found = madeLately.get(secret);
  if (found === undefined) madeLately.set(secret, (found = new Map()));
  return found;
}

function makeKeyId(secret: Buffer, name: string): string {
  const mac = createHmac('sha256', secret).update(name).digest();
  mac.writeUInt8((mac.readUInt8(6) & 0x0f) | 0x80, 6);
  mac.writeUInt8((mac.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = mac.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * What is kept of a message's digest. The content it was made over holds the source's keys, and those are few enough to
 * try out one by one: so the log has it only under the secret.
 */
export const keptDigest = (secret: Buffer, digest: string): string => createHmac('sha256', secret).update(`digest ${digest}`).digest('hex');

export const placementStream = (placementId: string): string => `placement-${placementId}`;
export const linkStream = (linkId: string): string => `link-${linkId}`;

/** The id in a stream's name: all that follows the category. */
export const idOfStream = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
