import type { EventFilter, EventStore, Page, Position } from '@bestendig/event-store';
import { ReactionCheckpoints } from './checkpoints';
import { retrying } from './retrying';

/**
 * Follows the log for ever and appends, writes or tells what must come after an event. What it does for one event can be
 * done again without effect, so the checkpoint may lag; it moves only when a page is done.
 */
export type Reaction = {
  /** Of its checkpoint: part of the storage format. */
  readonly name: string;
  /** Called before reading starts, with the place where it does: what has to be read from there. */
  start(from: Position | null): Promise<EventFilter>;
  /** Gives the place from where to start again, because more has to be read from there on; null to go on. */
  handle(page: Page, signal: AbortSignal): Promise<Position | null>;
};

export type ReactionOptions = {
  readonly store: EventStore;
  readonly databaseUrl: string;
  /** Who may run these reactions: of one name one process at a time does, the others wait to take over. */
  readonly right: string;
  readonly reactions: readonly Reaction[];
  readonly signal: AbortSignal;
  /** Told of each failure; the reaction then tries again, waiting longer each time, for ever. */
  readonly onFailure?: (reaction: string, error: unknown) => void;
};

/** Runs reactions until the signal aborts. */
export async function runReactions(options: ReactionOptions): Promise<void> {
  const { store, signal, reactions } = options;
  const told = (name: string) => (error: unknown) => options.onFailure?.(name, error);
  await retrying({ ...options, onFailure: told('reactions') }, async () => {
    const checkpoints = await ReactionCheckpoints.open(options.databaseUrl);
    try {
      await checkpoints.alone(options.right, signal, async (mine) => {
        await Promise.all(
          reactions.map((reaction) =>
            retrying({ signal: mine, onFailure: told(reaction.name) }, () =>
              follow(store, reaction, checkpoints, mine),
            ),
          ),
        );
      });
    } finally {
      await checkpoints.close();
    }
  });
}

/** What one reaction does from where it was until the signal aborts. */
async function follow(
  store: EventStore,
  reaction: Reaction,
  checkpoints: ReactionCheckpoints,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const from = await checkpoints.read(reaction.name);
    const filter = await reaction.start(from);
    for await (const page of store.subscribe(from, { filter, signal })) {
      const again = await reaction.handle(page, signal);
      const reached = again ?? page.next;
      if (reached !== null && !signal.aborted) await checkpoints.write(reaction.name, reached);
      if (again !== null) break;
    }
  }
}
