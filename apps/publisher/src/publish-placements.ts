import type { EventStore, RecordedEvent } from '@bestendig/event-store';
import { changedParts, emptyView, placementChanged, placementState, placementView, type IntegrationEvent, type PlacementView } from '@bestendig/integration-events';
import { writeCloudEvent, type Sender } from '@bestendig/kafka';
import { idOfStream, toPlacementEvent } from '@bestendig/placement-application';
import { timeline } from '@bestendig/placement-domain';
import type { Reaction } from '@bestendig/reactions';

export type PublishOptions = {
  readonly store: EventStore;
  readonly sender: Sender;
  /** Who we are. */
  readonly source: string;
  readonly placementsTopic: string;
  readonly stateTopic: string;
  /** Told of a placement that cannot be read, once for each event of it: it is left out, and the others go on. */
  readonly onUnreadable?: (placementId: string, error: unknown) => void;
  readonly onPublished?: (messages: number) => void;
};

/**
 * Tells other systems what changed in the published view of placements. A message follows from the events of its placement up to
 * one of them, so told again after a kill it is the same, under the same id. All messages of a page are durable before the
 * checkpoint moves.
 */
export function publishingPlacements(options: PublishOptions): Reaction {
  return {
    name: 'publishPlacements',
    start: () => Promise.resolve({ categories: ['placement'] }),
    handle: async ({ events }) => {
      const { changes, states } = await messagesOf(events, options);
      const { sender, placementsTopic, stateTopic, onPublished } = options;
      if (changes.length > 0) await sender.send(placementsTopic, changes.map(writeCloudEvent)); // prettier-ignore
      if (states.length > 0) await sender.send(stateTopic, states.map(writeCloudEvent)); // prettier-ignore
      onPublished?.(changes.length + states.length);
      return null;
    },
  };
}

export type Messages = { readonly changes: readonly IntegrationEvent[]; /** Of each placement the last. */ readonly states: readonly IntegrationEvent[] };

/** What a page of events has to say. A placement that was not changed by them is not named. */
export async function messagesOf(events: readonly RecordedEvent[], { store, source, onUnreadable }: Pick<PublishOptions, 'store' | 'source' | 'onUnreadable'>): Promise<Messages> {
  const streams = await store.readStreams([...new Set(events.map(({ stream }) => stream))]);
  const views = new Map([...streams].map(([stream, known]) => [stream, new Views(idOfStream(stream), known)]));
  const changes: IntegrationEvent[] = [];
  const states = new Map<string, IntegrationEvent>();
  for (const event of events) {
    const placement = views.get(event.stream);
    if (placement === undefined) continue;
    try {
      const view = placement.after(event.revision);
      const changed = changedParts(placement.after(event.revision - 1), view);
      if (changed.length === 0) continue;
      changes.push(placementChanged(source, event, view, changed));
      states.set(event.stream, placementState(source, event, view));
    } catch (error) {
      onUnreadable?.(placement.placementId, error);
    }
  }
  return { changes, states: [...states.values()] };
}

/** The views of a placement after each of its events. */
class Views {
  private readonly made = new Map<number, PlacementView>();

  constructor(
    readonly placementId: string,
    private readonly events: readonly RecordedEvent[],
  ) {}

  /** @param revision of the last event that counts; -1: before the first */
  after(revision: number): PlacementView {
    const known = this.made.get(revision) ?? this.make(revision);
    this.made.set(revision, known);
    return known;
  }

  private make(revision: number): PlacementView {
    const known = this.events.slice(0, revision + 1);
    const last = known.at(-1);
    return last === undefined ? emptyView(this.placementId) : placementView(this.placementId, timeline(known.map(toPlacementEvent), last.knownTime));
  }
}
