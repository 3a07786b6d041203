import type { EventStore, Instant } from '@bestendig/event-store';
import { employmentLink, personLink, targetNamedBy } from './links';

export type SourceKey = { readonly source: string; readonly kind: 'employment' | 'person'; readonly key: string };

/**
 * The placement or person that a key of a source stands for, as known at a moment; null for a key that nothing came in
 * under by then. The key goes no further than here.
 */
export async function lookUpKey(store: Pick<EventStore, 'readStream'>, secret: Buffer, { source, kind, key }: SourceKey, knownAt?: Instant): Promise<string | null> {
  const link = kind === 'employment' ? employmentLink(secret, source, key) : personLink(secret, source, key);
  const events = (await store.readStream(link.stream)).filter((event) => knownAt === undefined || event.knownTime <= knownAt);
  return events.map(targetNamedBy).filter((target) => target !== null).at(-1) ?? null;
}
