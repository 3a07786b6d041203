import { hash } from 'node:crypto';
import { canonicalJson } from '@bestendig/event-store';

/** Fixed for ever: another namespace would give every message a new id, and nothing would be a duplicate any more. */
const NAMESPACE = Buffer.from('5b7a1f0e3c2d4e8f9a6b1d0c7e5f4a32', 'hex');

/** RFC 9562, version 5, over the RFC 8785 text of what names the event. One is made for every fact that comes in, so it is made here, quickly. */
function uuidOf(name: readonly (string | number)[]): string {
  const hex = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(canonicalJson(name))]), 'hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}

/** The event that tells the n-th fact of a source's message. */
export const messageEventId = (source: string, messageId: string, ordinal: number): string =>
  uuidOf([source, messageId, ordinal]);

/** What makes a person's command the same one when it is sent again. `placement` is empty for a registration, which has none yet. */
export type CommandKey = {
  readonly organisation: string;
  readonly caller: string;
  readonly route: string;
  readonly placement: string;
  readonly idempotencyKey: string;
};

/** The n-th event of a person's command. */
export const commandEventId = (key: CommandKey, ordinal: number): string =>
  uuidOf([key.organisation, key.caller, key.route, key.placement, key.idempotencyKey, ordinal]);

/** The n-th event that a reaction appends because of another event. */
export const reactionEventId = (reaction: string, causingEventId: string, ordinal: number): string =>
  uuidOf([reaction, causingEventId, ordinal]);
