import { sha256Hex } from './canonical';
import { EventStoreError, type RawEvent } from './port';
import { parseCanonical, type Sealed } from './reading';

/** An event whose text says where it belongs, and the hash of the event before it in its stream. */
export type Link = { readonly stream: string; readonly revision: number };
export const linkKey = (link: Link): string => `${link.stream}@${link.revision}`;

/** The events before the first of each stream in this batch: whose hashes the batch's own does not hold. */
export function linksNeeded(events: readonly RawEvent[]): readonly Link[] {
  const here = new Set(events.map(linkKey));
  return events.filter((event) => event.revision > 0).map(({ stream, revision }) => ({ stream, revision: revision - 1 })).filter((link) => !here.has(linkKey(link)));
}

/**
 * Verifies a batch of raw events in global order: each hash follows from its text, each text names the stream, the
 * revision and the hash of the event before. `before` holds the hashes of {@link linksNeeded}.
 *
 * @throws EventStoreError `brokenChain`, naming the first event that does not follow.
 */
export function verifyChain(events: readonly RawEvent[], before: ReadonlyMap<string, string>): readonly Sealed[] {
  const hashes = new Map(before);
  return events.map((event) => {
    const sealed = parse(event);
    const { envelope } = sealed;
    const previous = event.revision === 0 ? null : hashes.get(linkKey({ stream: event.stream, revision: event.revision - 1 }));
    if (sha256Hex(event.canonical) !== event.hash) throw broken(event, 'its hash does not follow from its text');
    if (envelope.stream !== event.stream || envelope.revision !== event.revision) throw broken(event, 'its text names another place');
    if (previous === undefined || envelope.previousHash !== previous) throw broken(event, 'it does not follow the event before it in its stream');
    hashes.set(linkKey(event), event.hash);
    return sealed;
  });
}

function parse(event: RawEvent): Sealed {
  try {
    return parseCanonical(event.canonical);
  } catch (cause) {
    throw new EventStoreError('brokenChain', `Event ${event.revision} of ${event.stream}: its text is not JSON.`, { cause });
  }
}

function broken(event: RawEvent, why: string): EventStoreError {
  return new EventStoreError('brokenChain', `Event ${event.revision} of ${event.stream}: ${why}.`);
}
