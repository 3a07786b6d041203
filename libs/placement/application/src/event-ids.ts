import { v5 } from 'uuid';
import { canonicalJson } from '@bestendig/event-store';

/** Fixed for ever: another namespace would give every message a new id, and nothing would be a duplicate any more. */
const NAMESPACE = '5b7a1f0e-3c2d-4e8f-9a6b-1d0c7e5f4a32';

/** The event that tells the n-th fact of a source's message. */
export const messageEventId = (source: string, messageId: string, ordinal: number): string =>
  v5(canonicalJson([source, messageId, ordinal]), NAMESPACE);

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
  v5(canonicalJson([key.organisation, key.caller, key.route, key.placement, key.idempotencyKey, ordinal]), NAMESPACE);

/** The n-th event that a reaction appends because of another event. */
export const reactionEventId = (reaction: string, causingEventId: string, ordinal: number): string =>
  v5(canonicalJson([reaction, causingEventId, ordinal]), NAMESPACE);
