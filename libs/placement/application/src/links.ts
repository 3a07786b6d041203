import { canonicalJson, sha256Hex, type EventMeta, type NewEvent, type RecordedEvent } from '@bestendig/event-store';
import { reactionEventId } from './event-ids';
import { keyId, linkStream } from './keys';

/*
 * A key's link is a stream of its own: which placement (or person) this key of this source stands for.
 * These names are the storage format: kept for ever and hashed.
 */
export type EmploymentLinked = { readonly placementId: string };
export type PersonLinked = { readonly candidateId: string };
export const MEND_REASONS = ['wrongPlacement', 'duplicateRegistration', 'keyReused'] as const;
export type MendReason = (typeof MEND_REASONS)[number];
/** The key stands for another placement, and always did: what came in under it is moved there. */
export type LinkMended = { readonly placementId: string; readonly reason: MendReason };

export type LinkEvent =
  | { readonly type: 'EmploymentLinked'; readonly data: EmploymentLinked }
  | { readonly type: 'PersonLinked'; readonly data: PersonLinked }
  | { readonly type: 'LinkMended'; readonly data: LinkMended };

/** A key of a source on its way to what it stands for. `id` is in the log in place of the key. */
export type Link = {
  readonly id: string;
  readonly stream: string;
  readonly kind: 'employment' | 'person';
  /** What the key stands for until a mend says otherwise. */
  readonly defaultTarget: string;
};

export function employmentLink(secret: Buffer, source: string, key: string): Link {
  const id = keyId(secret, 'employmentLink', source, key);
  return { id, stream: linkStream(id), kind: 'employment', defaultTarget: keyId(secret, 'placement', source, key) };
}

export function personLink(secret: Buffer, source: string, key: string): Link {
  const id = keyId(secret, 'personLink', source, key);
  return { id, stream: linkStream(id), kind: 'person', defaultTarget: keyId(secret, 'person', source, key) };
}

/** Every target a link ever named, oldest first; a link without events names its default. */
export function targetsOf(link: Link, events: readonly RecordedEvent[]): readonly string[] {
  const targets = events.map((event) => targetNamedBy(event)).filter((target) => target !== null);
  return targets.length === 0 ? [link.defaultTarget] : targets;
}

/** The target a link's event names; null for an event of another kind. */
export function targetNamedBy(event: { readonly type: string; readonly data: object }): string | null {
  const named = event as LinkEvent;
  switch (named.type) {
    case 'EmploymentLinked':
    case 'LinkMended':
      return named.data.placementId;
    case 'PersonLinked':
      return named.data.candidateId;
  }
  return null;
}

/**
 * The first event of a link. Its id and digest follow from the link alone, so that of two that race one appends and
 * the other finds it already there.
 */
export function firstLinkEvent(link: Link, by: Omit<EventMeta, 'messageDigest' | 'correlationId'>): NewEvent {
  const event: LinkEvent =
    link.kind === 'employment'
      ? { type: 'EmploymentLinked', data: { placementId: link.defaultTarget } }
      : { type: 'PersonLinked', data: { candidateId: link.defaultTarget } };
  const meta: EventMeta = { ...by, messageDigest: sha256Hex(canonicalJson(event)), correlationId: link.id };
  return { id: reactionEventId('link', link.id, 0), type: event.type, schemaVersion: 1, data: event.data, meta };
}
