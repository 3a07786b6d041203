import type { EventStore, NewEvent, StreamWrite } from '@bestendig/event-store';
import type { PlacementEvent } from '@bestendig/placement-domain';
import { idOf, madePlacements, type MadePlacement } from './made-placements';

/** Placements that become known side by side: a stream's events then lie apart in the log, as they do in a real one. */
const WINDOW_PLACEMENTS = 4_000;
const BATCH = 1_000;
const DIGEST = 'a'.repeat(64);

export type Filled = { readonly events: number; readonly placements: number };

/** Appends the first `size` events of made placements to an empty store. */
export async function fillLog(store: EventStore, size: number, seed: number): Promise<Filled> {
  let events = 0;
  let placements = 0;
  for (const window of windowsOf(size, seed)) {
    const told = interleaved(window).slice(0, size - events);
    const lengths = new Map<string, number>();
    for (let at = 0; at < told.length; at += BATCH) await append(store, told.slice(at, at + BATCH), lengths);
    events += told.length;
    placements += lengths.size;
    if (events === size) return { events, placements };
  }
  throw new Error('Too few placements were made.');
}

type Told = { readonly stream: string; readonly event: PlacementEvent };

function* windowsOf(size: number, seed: number): Generator<readonly MadePlacement[]> {
  let window: MadePlacement[] = [];
  // A placement has an event at least, so that these are enough.
  for (const placement of madePlacements(size, seed)) {
    if (window.push(placement) < WINDOW_PLACEMENTS) continue;
    yield window;
    window = [];
  }
  yield window;
}

function interleaved(window: readonly MadePlacement[]): readonly Told[] {
  const told = window.flatMap(({ placementId, events }) =>
    events.map((event): Told => ({ stream: `placement-${placementId}`, event })),
  );
  // Stable: events of one moment stay in their stream's order.
  return told.sort((a, b) => (a.event.recordedAt < b.event.recordedAt ? -1 : Number(a.event.recordedAt > b.event.recordedAt))); // prettier-ignore
}

/** `lengths`: events that each stream has by now; a store that is told them looks nothing up. */
async function append(store: EventStore, batch: readonly Told[], lengths: Map<string, number>): Promise<void> {
  const byStream = new Map<string, NewEvent[]>();
  for (const { stream, event } of batch) {
    const events = byStream.get(stream);
    if (events === undefined) byStream.set(stream, [newEventOf(stream, event)]);
    else events.push(newEventOf(stream, event));
  }
  const writes = [...byStream].map(([stream, events]): StreamWrite => {
    const length = lengths.get(stream) ?? 0;
    lengths.set(stream, length + events.length);
    return { stream, expected: length === 0 ? 'NO_STREAM' : length - 1, events };
  });
  for (const { outcome } of await store.append(writes)) if (outcome !== 'appended') throw new Error(`A made event was not appended: ${outcome}.`); // prettier-ignore
}

function newEventOf(stream: string, { id, type, data, reportedAt, source, messageId }: PlacementEvent): NewEvent {
  const meta = {
    reportedAt,
    actor: source ?? 'bench',
    onBehalfOf: null,
    organisation: 'oin:00000001000000000000',
    source,
    messageId,
    messageDigest: DIGEST,
    origin: `file:${DIGEST}#1`,
    correlationId: `link-${idOf(stream)}`,
    causationId: null,
    keyId: null,
  };
  return { id, type, schemaVersion: 1, data, meta };
}
