import { SOURCE } from '@bestendig/hr-messages';
import type { DeadLetter, Delivery } from '@bestendig/intake';
import { organisationOfSource } from '@bestendig/placement-application';
import type { Asked } from '../asked';
import { maySpeakFor, type Caller } from '../callers';
import { rule } from '../checked';
import { limitOf, unreadableCursor, type BarePageQuery } from '../pages';
import { ProblemError } from '../problem';

export const INTAKE_PATH = '/v1/intake';
export const DELIVERIES_PATH = `${INTAKE_PATH}/deliveries`;
export const DEAD_LETTERS_PATH = `${INTAKE_PATH}/dead-letters`;

/** Why something was set aside: the codes of rules, of messages and of reading them. */
export const CODE = /^[A-Za-z][A-Za-z0-9]{0,63}$/;
export const CODE_RULE = rule('pattern', 'must be a code: letters and digits');
export const SOURCE_RULE = rule('pattern', `must match ${SOURCE.source}`);

type Scope = { readonly source?: string; readonly sourcePrefix?: string };

/**
 * Whose deliveries a caller asks for: one source, or all of its organisation, or all. What names no source is nobody's: only
 * who speaks for every source sees it.
 *
 * @throws ProblemError `otherOrganisation`
 */
export function scopeOf({ caller }: Pick<Asked, 'caller'>, source: string | undefined): Scope {
  if (source === undefined)
    return caller.organisation === null ? {} : { sourcePrefix: `urn:nld:${caller.organisation}:` };
  if (!maySpeakForSource(caller, source))
    throw new ProblemError('otherOrganisation', 'This source belongs to another organisation.');
  return { source };
}

export const maySpeakForSource = (caller: Caller, source: string | null): boolean =>
  source === null ? caller.organisation === null : maySpeakFor(caller, organisationOfSource(source));

/** A path with its parameters, those that have a value. */
export function hrefTo(path: string, parameters: Readonly<Record<string, string | null | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (typeof value === 'string') given.set(name, value);
  return given.size === 0 ? path : `${path}?${given.toString()}`;
}

/** Where one asks what happened to a message; null where it has no name to ask by. */
export const searchOf = (source: string | null, id: string | null): string | null =>
  source === null || id === null ? null : hrefTo(`${INTAKE_PATH}/_search`, { source, id });

export const deliveryView = ({
  source,
  messageId,
  origin,
  outcome,
  reason,
  fields,
  placementId,
  eventIds,
  recordedAt,
  receivedAt,
}: Delivery): object => ({
  ...{ source, id: messageId, origin, outcome, reason, fields, placementId, eventIds, recordedAt, receivedAt },
  href: searchOf(source, messageId),
});

export const deadLetterView = ({ source, messageId, origin, ...letter }: DeadLetter): object => ({
  source,
  id: messageId,
  origin,
  ...stateOf(letter),
  href: searchOf(source, messageId),
});

/** What became of a dead letter, without what its delivery says already. */
export const stateOf = ({
  state,
  code,
  cycle,
  topic,
  partition,
  offset,
  writtenAt,
  askedAt,
  askedBy,
  sentAt,
  problem,
}: Omit<DeadLetter, 'origin' | 'source' | 'messageId'>): object => ({
  ...{ state, code, cycle, topic, partition, offset, writtenAt, askedAt, askedBy, sentAt, problem },
});

/** What a cursor says, in the parts that its pattern has. @throws ProblemError `invalid` */
export function cursorParts({ cursor }: BarePageQuery, pattern: RegExp): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  const parts = /^[\w-]+$/.test(cursor)
    ? pattern.exec(Buffer.from(cursor, 'base64url').toString())?.slice(1)
    : undefined;
  if (parts === undefined) throw unreadableCursor();
  return parts;
}

/** One page of the items that were found, which are one more where there are more; with the link to the next. */
export function pageOf<Item>(
  path: string,
  query: BarePageQuery,
  found: readonly Item[],
  cursorAfter: (item: Item) => string,
): { readonly items: readonly Item[]; readonly headers: Readonly<Record<string, string>> } {
  const items = found.slice(0, limitOf(query));
  const last = items.at(-1);
  if (last === undefined || found.length === items.length) return { items, headers: {} };
  const next = hrefTo(path, { ...query, cursor: Buffer.from(cursorAfter(last)).toString('base64url') });
  return { items, headers: { link: `<${next}>; rel="next"` } };
}
