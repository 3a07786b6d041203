import { canonicalJson, NO_EVENTS, sha256Hex, type EventMeta, type EventStore, type NewEvent, type Position, type RecordedEvent } from '@bestendig/event-store';
import { ApplicationError } from './errors';
import { commandEventId } from './event-ids';
import { organisationOfSource } from './hr-fact-events';
import { placementStream } from './keys';
import { employmentLink, firstLinkEvent, targetsOf, type Link, type LinkMended, type MendReason } from './links';
import { ROUNDS_MAX } from './record-hr-facts';

/** A person says which placement a key of a source stands for. The key goes no further than here. */
export type MendLink = {
  readonly source: string;
  readonly key: string;
  readonly placementId: string;
  readonly reason: MendReason;
  readonly caller: { readonly actor: string; readonly organisation: string };
  readonly idempotencyKey: string;
  /** The API's moment. */
  readonly at: string;
};

export type LinkMendedResult = {
  readonly eventId: string;
  readonly placementId: string;
  /** What the key stood for until now; what came in under it is moved from there. */
  readonly previousPlacementId: string;
  readonly position: Position;
  readonly recordedAt: string;
  /** True where this very command had been recorded before. */
  readonly repeated: boolean;
};

const ROUTE = 'links/_mend';

/**
 * Appends the mend to the key's link; the reaction that moves the facts follows it. A key that nothing came in under yet
 * may be given its placement beforehand.
 *
 * @throws ApplicationError `placementUnknown`, `alreadyLinked`, `idReusedWithOtherContent`, `contention`
 */
export async function mendLink(store: EventStore, secret: Buffer, command: MendLink): Promise<LinkMendedResult> {
  const link = employmentLink(secret, command.source, command.key);
  const mend = mendEvent(link, command);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const streams = await store.readStreams([link.stream, placementStream(command.placementId)]);
    const events = streams.get(link.stream) ?? [];
    const before = events.find((event) => event.id === mend.id);
    if (before !== undefined) return repeatedResult(link, events, before, mend);
    const previous = targetsOf(link, events).at(-1) ?? link.defaultTarget;
    if (previous === command.placementId) throw new ApplicationError('alreadyLinked', 'The key stands for this placement already.');
    if (command.placementId !== link.defaultTarget && !streams.has(placementStream(command.placementId)))
      throw new ApplicationError('placementUnknown', 'There is no such placement to link the key to.');
    // A link has its first event before its mends, so that whoever makes it at this moment finds it made.
    const first = events.length === 0 ? [firstLinkEvent(link, mend.meta)] : [];
    const expected = events.length === 0 ? ('NO_STREAM' as const) : events.length + NO_EVENTS;
    const [result] = await store.append([{ stream: link.stream, expected, events: [...first, mend] }]);
    const recordedAt = result?.outcome === 'appended' ? result.events.at(-1)?.recordedAt : undefined;
    if (result?.outcome === 'appended' && recordedAt !== undefined)
      return { eventId: mend.id, placementId: command.placementId, previousPlacementId: previous, position: result.position, recordedAt, repeated: false };
  }
  throw new ApplicationError('contention', 'others kept mending the same link');
}

function mendEvent(link: Link, command: MendLink): NewEvent & { readonly data: LinkMended } {
  const { caller, idempotencyKey, placementId, reason } = command;
  const data: LinkMended = { placementId, reason };
  const meta: EventMeta = {
    reportedAt: command.at,
    actor: caller.actor,
    onBehalfOf: null,
    // A link belongs to who controls its source, also where somebody else mends it.
    organisation: organisationOfSource(command.source),
    source: null,
    messageId: idempotencyKey,
    messageDigest: sha256Hex(canonicalJson([link.id, data])),
    origin: 'command:mendLink',
    correlationId: link.id,
    causationId: null,
    keyId: null,
  };
  const id = commandEventId({ organisation: caller.organisation, caller: caller.actor, route: ROUTE, placement: '', idempotencyKey }, 0);
  return { id, type: 'LinkMended', schemaVersion: 1, data, meta };
}

function repeatedResult(link: Link, events: readonly RecordedEvent[], before: RecordedEvent, mend: NewEvent & { readonly data: LinkMended }): LinkMendedResult {
  if (before.messageDigest !== mend.meta.messageDigest) throw new ApplicationError('idReusedWithOtherContent', 'This Idempotency-Key was used for another content.');
  const previous = targetsOf(link, events.slice(0, before.revision)).at(-1) ?? link.defaultTarget;
  return { eventId: before.id, placementId: mend.data.placementId, previousPlacementId: previous, position: before.position, recordedAt: before.recordedAt, repeated: true };
}
