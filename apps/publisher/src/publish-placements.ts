import type { EventStore, Position, RecordedEvent } from '@bestendig/event-store';
import type { IntegrationEvent } from '@bestendig/integration-events';
import { writeCloudEvent, type Sender } from '@bestendig/kafka';
import { idOfStream } from '@bestendig/placement-application';
import type { Reaction } from '@bestendig/reactions';
import type { LeftOutPlacements } from './left-out-placements';
import { messagesOf, type ViewOf } from './messages-of-page';

export type PublishOptions = {
  readonly store: EventStore;
  /** One for each topic, so that they are written side by side. */
  readonly senders: { readonly changes: Sender; readonly states: Sender };
  /** Who we are. */
  readonly source: string;
  readonly placementsTopic: string;
  readonly stateTopic: string;
  readonly leftOut: LeftOutPlacements;
  readonly signal: AbortSignal;
  /** Called before anything is read, with the place from where it will be. */
  readonly beforeStart?: (from: Position | null) => Promise<void>;
  readonly viewOf?: ViewOf;
  /** Told once of a placement that cannot be read: it is left out, and the others go on. */
  readonly onLeftOut?: (placementId: string, error: unknown) => void;
  readonly onPublished?: (messages: number) => void;
};

/** Its checkpoint is kept under this name. */
export const PUBLISH_PLACEMENTS = 'publishPlacements';

/**
 * Tells other systems what changed in the published view of placements. A message follows from the events of its placement up to
 * one of them, so told again after a kill it is the same, under the same id. All messages of a page are durable before the
 * checkpoint moves.
 */
export function publishingPlacements(options: PublishOptions): Reaction {
  return {
    name: PUBLISH_PLACEMENTS,
    start: async (from) => {
      await options.beforeStart?.(from);
      await makeUp(options, from);
      return { categories: ['placement'] };
    },
    handle: async ({ events }, signal) => {
      await publish(options, events, signal);
      return null;
    },
  };
}

/** Tells of placements that could not be read until now. What was not handled yet comes with the log. */
async function makeUp(options: PublishOptions, from: Position | null): Promise<void> {
  for (const stream of await options.leftOut.load()) {
    const events = from === null ? [] : await options.leftOut.eventsOf(stream, options.store, from);
    await publish(options, events, options.signal);
  }
}

async function publish(options: PublishOptions, events: readonly RecordedEvent[], signal: AbortSignal): Promise<void> {
  const { senders, leftOut, placementsTopic, stateTopic } = options;
  const { changes, states, reached } = await messagesOf(events, options);
  // Whoever lost the right to publish must not say what is old by now after another one.
  if (signal.aborted) return;
  const sent = [send(senders.changes, placementsTopic, changes), send(senders.states, stateTopic, states)];
  await untilAborted(Promise.all(sent), signal);
  if (signal.aborted) return;
  for (const { stream, error } of await leftOut.note(reached)) options.onLeftOut?.(idOfStream(stream), error);
  options.onPublished?.(changes.length + states.length);
}

const send = async (sender: Sender, topic: string, messages: readonly IntegrationEvent[]): Promise<unknown> =>
  messages.length === 0 ? null : sender.send(topic, messages.map(writeCloudEvent));

/** A broker that is away is not waited for by who has to stop: what was not acknowledged is sent again at the next start. */
export async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const settled = work.then(() => undefined);
  settled.catch(() => undefined);
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) resolve();
  });
  await Promise.race([settled, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
