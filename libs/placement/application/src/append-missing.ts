import { NO_EVENTS, type EventStore, type NewEvent } from '@bestendig/event-store';
import { ApplicationError } from './errors';
import { ROUNDS_MAX } from './record-hr-facts';

/** Appends those that the stream does not hold yet. @throws ApplicationError `contention` */
export async function appendMissing(store: EventStore, stream: string, events: readonly NewEvent[]): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const present = await store.readStream(stream);
    const ids = new Set(present.map((event) => event.id));
    const missing = events.filter((event) => !ids.has(event.id));
    if (missing.length === 0) return;
    const expected = present.length === 0 ? ('NO_STREAM' as const) : present.length + NO_EVENTS;
    const [result] = await store.append([{ stream, expected, events: missing }]);
    if (result?.outcome === 'appended') return;
  }
  throw new ApplicationError('contention', 'others kept writing to the placement that a reaction writes to');
}
