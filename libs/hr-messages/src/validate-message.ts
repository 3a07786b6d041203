import type { HrFact } from '@bestendig/placement-application';
import { checkDto } from './check-dto';
import { CloudEvent } from './cloud-event.dto';
import { parseTime } from './dates';
import { digestOf, keyedDigestOf } from './digests';
import type { Dto } from './fields';
import type { MessageError, MessageErrorCode, Refusal } from './message-errors';
import { REPLACEMENT_TYPES, messageTypeOf, messageTypeOfShortName, type MessageType } from './message-types';
import { DEPTH_MAX, PARTS_MAX, isObject, lookOver, type RawLook } from './raw-message';
import { draftOf, keysOf, type CheckedCorrection } from './translate';

export type ValidateOptions = {
  /** Origin of the delivery, see HrFact. */
  readonly origin: string;
  /** By file a message may use the short type, and one without id gets a keyed digest of its content as id. */
  readonly door: 'http' | 'file' | 'kafka';
  /** Key of the digests that are kept: a plain one could be guessed, because keys and numbers are short. */
  readonly digestKey: Buffer;
};

export type Validated = { readonly ok: true; readonly fact: HrFact } | { readonly ok: false; readonly refusal: Refusal };

/** How far a source's clock, or its time zone, may be ahead of ours. */
const AHEAD_MS_MAX = 24 * 60 * 60 * 1000;

/** At most so many errors of one message are told. */
const ERRORS_MAX = 200;

/**
 * Whether a message keeps the contract, and the fact it tells. All errors are found together; nothing is converted
 * silently; never throws, whatever the input. The look for a BSN comes before all else and over the whole message.
 */
export function validateMessage(input: unknown, options: ValidateOptions): Validated {
  const look = lookOver(input);
  if (look.bsnAt.length > 0) return refused('mayHoldBsn', look.bsnAt.map(mayHoldBsn), input, look, options, null);
  const unreadable = formErrors(look);
  if (unreadable.length > 0) return refused('invalid', unreadable, input, look, options, null);
  const errors: MessageError[] = [];
  const event = checkDto(CloudEvent, isObject(input) && options.door === 'file' ? completed(input, options.digestKey) : input, '', errors);
  const messageType = typeof event?.type === 'string' ? messageTypeOf(event.type) : undefined;
  if (event === null || messageType === undefined || !isObject(event.data)) return refused('invalid', errors, input, look, options, event);
  const dto = checkDto(messageType.data, event.data, '/data', errors);
  const correction = messageType.factType === 'FactCorrected' ? checkReplacement(event.data, errors) : null;
  const reportedAt = instantOf(event.time);
  if (reportedAt !== null && Date.parse(reportedAt) > Date.now() + AHEAD_MS_MAX) errors.push({ pointer: '/time', code: 'outOfRange', detail: 'must not be more than a day ahead: it is when the source knew the fact' });
  if (dto === null || errors.length > 0) return refused('invalid', errors, input, look, options, event);
  return { ok: true, fact: factOf(event, messageType, dto, correction, reportedAt, options.origin) };
}

const mayHoldBsn = (pointer: string): MessageError => ({ pointer, code: 'mayHoldBsn', detail: 'may hold a BSN: the message is refused and no copy is kept' });

function formErrors(look: RawLook): readonly MessageError[] {
  const error = (code: MessageErrorCode, detail: string): MessageError => ({ pointer: '', code, detail });
  return [
    ...(look.isJson ? [] : [error('notJson', 'holds what JSON cannot say')]),
    ...(look.tooDeep ? [error('tooDeep', `is nested deeper than ${DEPTH_MAX} levels`)] : []),
    ...(look.tooLarge ? [error('tooLarge', `has more than ${PARTS_MAX} values and names`)] : []),
  ];
}

/**
 * A line of a file in the form of a whole CloudEvent. The id that is made is kept and shown beside the rest of the
 * content, so it is keyed: from a plain digest the keys of person and employment could be guessed.
 */
function completed(line: Record<string, unknown>, digestKey: Buffer): Record<string, unknown> {
  const { type, source, time, data } = line;
  const full = typeof type === 'string' ? (messageTypeOfShortName(type)?.type ?? type) : type;
  const event = full === type ? line : { ...line, type: full };
  return line['id'] !== undefined ? event : { ...event, id: keyedDigestOf(digestKey, ['messageId', { source, type: full, time: instantOf(time), data }]) };
}

const instantOf = (time: unknown): string | null => (typeof time === 'string' ? parseTime(time) : null);

/** `data.replacement`: by the class of the type it names. What is no object was told already. */
function checkReplacement(data: object, errors: MessageError[]): CheckedCorrection | null {
  const replacement: unknown = Reflect.get(data, 'replacement');
  if (!isObject(replacement)) return null;
  const pointer = '/data/replacement';
  const type = Object.hasOwn(replacement, 'type') ? replacement['type'] : undefined;
  const messageType = typeof type === 'string' ? messageTypeOfShortName(type) : undefined;
  if (messageType === undefined || messageType.replacement === null) {
    errors.push({ pointer: `${pointer}/type`, code: type === undefined ? 'required' : 'unknownType', detail: `must be one of: ${REPLACEMENT_TYPES.join(', ')}` });
    return null;
  }
  const dto = checkDto(messageType.replacement, replacement, pointer, errors);
  if (messageType.factType === 'PlacementRegistered' && !Object.hasOwn(replacement, 'person') && !Object.hasOwn(data, 'person')) {
    errors.push({ pointer: `${pointer}/person`, code: 'required', detail: 'is required here or in data' });
  }
  return dto === null ? null : { messageType, dto };
}

function factOf(event: CloudEvent, messageType: MessageType, dto: Dto, correction: CheckedCorrection | null, reportedAt: string | null, origin: string): HrFact {
  const { source, id, type, data } = event;
  return {
    origin, source, messageId: id, reportedAt, ...keysOf(dto, correction),
    // The time is in the digest as the moment it means, so that another way to write it is no other content.
    digest: digestOf({ source, id, type, time: reportedAt, data }),
    facts: [draftOf(messageType, dto, source, correction)],
  }; // prettier-ignore
}

function refused(code: Refusal['code'], errors: readonly MessageError[], input: unknown, look: RawLook, options: ValidateOptions, event: CloudEvent | null): Validated {
  const valid = (pointer: string, value: unknown) => (typeof value === 'string' && !errors.some((error) => error.pointer === pointer) ? value : null);
  const digest = look.isJson && !look.tooDeep && !look.tooLarge ? keyedDigestOf(options.digestKey, input) : null;
  const refusal: Refusal = {
    code, errors: errors.slice(0, ERRORS_MAX), origin: options.origin,
    source: valid('/source', event?.source), messageId: valid('/id', event?.id), digest,
  }; // prettier-ignore
  return { ok: false, refusal };
}
