import { createHmac } from 'node:crypto';
import { mayHoldBsn, validateMessage, type MessageError } from '@bestendig/hr-messages';
import type { DeadLetterReason } from '@bestendig/integration-events';
import type { DeliveryRow } from '@bestendig/intake';
import { attributesInHeaders, readCloudEvent, type ReceivedMessage } from '@bestendig/kafka';
import type { HrFact } from '@bestendig/placement-application';

/** How often a message was sent again after it had been set aside. Ours; taken off nothing, put on by a re-drive. */
export const CYCLE_HEADER = 'bestendig-redrive-cycle';

/** As large as what HTTP takes in one message. */
const MESSAGE_BYTES_MAX = 256 * 1024;
/** Of a key, which its outcome repeats. */
export const KEY_BYTES_MAX = 4 * 1024;

/** What is wrong with a message: where, and a code; never a value. */
export type Fault = Pick<MessageError, 'pointer'> & { readonly code: string };

/** What a message is before the store has been asked. */
export type Judged = { readonly message: ReceivedMessage; readonly origin: string; /** Hex: HMAC of its bytes. */ readonly digest: string } & (
  | { readonly kind: 'fact'; readonly fact: HrFact }
  /** May hold a BSN: no copy is kept. */
  | { readonly kind: 'refused'; readonly fields: readonly string[] }
  | ({ readonly kind: 'deadLetter' } & Letter)
);

/** Why a message is set aside, and what of it could be read. */
export type Letter = {
  readonly code: DeadLetterReason;
  readonly faults: readonly Fault[];
  readonly source: string | null;
  readonly messageId: string | null;
};

/** Reads a message, looks for a BSN in all of it, and checks it against the contract. Never throws, whatever the bytes. */
export function judge(message: ReceivedMessage, origin: string, secret: Buffer): Judged {
  const digest = digestOf(message, secret);
  const judged = { message, origin, digest };
  const outside = bsnOutside(message);
  if ((message.value?.length ?? 0) > MESSAGE_BYTES_MAX || (message.key?.length ?? 0) > KEY_BYTES_MAX) return unreadable(judged, outside, 'tooLarge', secret);
  const read = readCloudEvent(message);
  if (!read.ok) return unreadable(judged, outside, read.code, secret);
  const validated = validateMessage(read.event, { origin, door: 'kafka', digestKey: secret });
  const inside = !validated.ok && validated.refusal.code === 'mayHoldBsn' ? validated.refusal.errors.map(({ pointer }) => pointer) : [];
  if (outside.length > 0 || inside.length > 0) return { ...judged, kind: 'refused', fields: [...outside, ...inside] };
  if (validated.ok) return { ...judged, kind: 'fact', fact: validated.fact };
  const { errors, source, messageId } = validated.refusal;
  return { ...judged, kind: 'deadLetter', code: 'invalid', faults: errors, source, messageId };
}

type Named = Pick<Judged, 'message' | 'origin' | 'digest'>;

/** Its source and id may stand in headers, where they count if they are what the contract asks. */
function unreadable(judged: Named, outside: readonly string[], code: DeadLetterReason, digestKey: Buffer): Judged {
  const fields = [...outside, ...(bytesMayHoldBsn(judged.message.value) ? ['#value'] : [])];
  if (fields.length > 0) return { ...judged, kind: 'refused', fields };
  const named = validateMessage(attributesInHeaders(judged.message.headers), { origin: judged.origin, door: 'kafka', digestKey });
  const { source, messageId } = named.ok ? named.fact : named.refusal;
  return { ...judged, kind: 'deadLetter', code, faults: [{ pointer: '', code }], source, messageId };
}

/** Key and headers: those that are attributes of the event are looked at once more within it. */
function bsnOutside({ key, headers }: ReceivedMessage): readonly string[] {
  const suspect = headers.some(([name, value]) => mayHoldBsn(name) || bytesMayHoldBsn(value));
  return [...(bytesMayHoldBsn(key) ? ['#key'] : []), ...(suspect ? ['#header'] : [])];
}

/** Looked through in pieces that overlap: one text of all would be too long where somebody packed gigabytes. */
const PIECE_BYTES = 1024 * 1024;
const OVERLAP_BYTES = 256;

function bytesMayHoldBsn(bytes: Buffer | null): boolean {
  if (bytes === null) return false;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) if (pieceMayHoldBsn(bytes.subarray(at, at + PIECE_BYTES + OVERLAP_BYTES))) return true;
  return false;
}

/** In the usual encodings: digits in UTF-16 have a zero between them, and JSON may write each as an escape. */
function pieceMayHoldBsn(bytes: Buffer): boolean {
  if (bytes.length < 9) return false;
  const texts = [bytes.toString('utf8'), bytes.toString('latin1')];
  if (bytes.includes(0)) texts.push(texts.join(' ').replaceAll('\0', ''));
  if (bytes.includes('\\u')) texts.push((texts[0] ?? '').replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))));
  return texts.some((text) => mayHoldBsn(text));
}

/** Under the installation's key: what a message held cannot be guessed from what is kept. */
function digestOf({ key, value }: ReceivedMessage, secret: Buffer): string {
  const hmac = createHmac('sha256', secret).update(`${key?.length ?? -1} ${value?.length ?? -1} `);
  if (key !== null) hmac.update(key);
  if (value !== null) hmac.update(value);
  return hmac.digest('hex');
}

/** A row of the ledger for what leads to no event. */
export function rowOf({ origin, digest }: Named, outcome: 'refused' | 'deadLetter', said: Omit<Letter, 'code' | 'faults'> & { readonly code: DeadLetterReason | 'mayHoldBsn'; readonly fields: readonly string[] }): DeliveryRow {
  const { code, source, messageId, fields } = said;
  return { origin, source, messageId, outcome, reason: code, fields, digest, placementId: null, eventIds: [], recordedAt: null };
}
