import type { EventStore, RecordedEvent } from '@bestendig/event-store';
import {
  changedParts,
  emptyView,
  placementChanged,
  placementState,
  placementView,
  type IntegrationEvent,
  type PlacementView,
} from '@bestendig/integration-events';
import { idOfStream, toPlacementEvent } from '@bestendig/placement-application';
import { timeline, type PlacementEvent } from '@bestendig/placement-domain';

/** What may be known of a placement after the last of its events. Pure. */
export type ViewOf = (placementId: string, events: readonly PlacementEvent[]) => PlacementView;

export const viewByTimeline: ViewOf = (placementId, events) =>
  placementView(placementId, timeline(events, events.at(-1)?.recordedAt));

export type MessageSource = {
  readonly store: Pick<EventStore, 'readStreams'>;
  /** Who we are. */
  readonly source: string;
  /** By default `viewByTimeline`. */
  readonly viewOf?: ViewOf;
};

export type Messages = {
  readonly changes: readonly IntegrationEvent[];
  /** Of each placement the last. */
  readonly states: readonly IntegrationEvent[];
  /** By stream: where it stands after the page; of one that cannot be read, from which revision on nothing was told. */
  readonly reached: ReadonlyMap<string, { readonly unreadFrom: number; readonly error: unknown } | null>;
};

/**
 * What a page of events has to say. A placement that was not changed by them is not named. One that cannot be read after an
 * event says nothing of it, and with the next event after which it can, says all that changed since.
 */
export async function messagesOf(
  events: readonly RecordedEvent[],
  { store, source, viewOf = viewByTimeline }: MessageSource,
): Promise<Messages> {
  const streams = await store.readStreams([...new Set(events.map(({ stream }) => stream))]);
  const histories = new Map([...streams].map(([stream, known]) => [stream, new Views(stream, known, viewOf)]));
  const changes: IntegrationEvent[] = [];
  const states = new Map<string, IntegrationEvent>();
  const reached = new Map<string, { readonly unreadFrom: number; readonly error: unknown } | null>();
  for (const event of events) {
    const views = histories.get(event.stream);
    if (views === undefined) continue;
    const after = views.after(event.revision);
    const before = views.lastReadBefore(event.revision);
    reached.set(event.stream, 'error' in after ? { unreadFrom: before.revision + 1, error: after.error } : null);
    if ('error' in after) continue;
    const changed = changedParts(before.view, after.view);
    if (changed.length === 0) continue;
    changes.push(placementChanged(source, event, after.view, changed));
    states.set(event.stream, placementState(source, event, after.view));
  }
  return { changes, states: [...states.values()], reached };
}

type Made = { readonly view: PlacementView } | { readonly error: unknown };

/** The views of a placement after each of its events. */
class Views {
  private readonly placementId: string;
  private readonly events: readonly PlacementEvent[];
  private readonly made = new Map<number, Made>();

  constructor(
    stream: string,
    known: readonly RecordedEvent[],
    private readonly viewOf: ViewOf,
  ) {
    this.placementId = idOfStream(stream);
    this.events = known.map(toPlacementEvent);
  }

  /** @param revision of the last event that counts */
  after(revision: number): Made {
    const made = this.made.get(revision) ?? this.make(revision);
    this.made.set(revision, made);
    return made;
  }

  /** What was told last before an event; revision -1: nothing. */
  lastReadBefore(revision: number): { readonly revision: number; readonly view: PlacementView } {
    for (let at = revision - 1; at >= 0; at -= 1) {
      const made = this.after(at);
      if ('view' in made) return { revision: at, view: made.view };
    }
    return { revision: -1, view: emptyView(this.placementId) };
  }

  private make(revision: number): Made {
    try {
      return { view: this.viewOf(this.placementId, this.events.slice(0, revision + 1)) };
    } catch (error) {
      return { error };
    }
  }
}
