import type { EventFilter, EventStore, Page, Position } from '@bestendig/event-store';
import { eventsUntil } from './events-until';
import { FillIntake, type IntakeLedger } from './fill-intake';
import { MisdirectedFacts, MOVE_MISDIRECTED_FACTS } from './move-misdirected-facts';
import { pause, ReactionCheckpoints } from './reaction-checkpoints';

/**
 * Follows the log for ever and appends or writes what must come after an event. What it does for one event can be done
 * again without effect, so the checkpoint may lag; it moves only when a page is done.
 */
type Reaction = {
  readonly name: string;
  /** Called before reading starts, with the place where it does: what has to be read from there. */
  start(from: Position | null): Promise<EventFilter>;
  /** Gives the place from where to start again, because more has to be read from there on; null to go on. */
  handle(page: Page, signal: AbortSignal): Promise<Position | null>;
};

export type ReactionOptions = {
  readonly store: EventStore;
  readonly intake: IntakeLedger;
  readonly databaseUrl: string;
  readonly signal: AbortSignal;
  /** Told of each failure; the reaction then tries again, waiting longer each time, for ever. */
  readonly onFailure?: (reaction: string, error: unknown) => void;
};

const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 30_000;

/** Runs every reaction until the signal aborts. One process at a time does; the others wait to take over. */
export async function runReactions(options: ReactionOptions): Promise<void> {
  const { store, signal, intake } = options;
  const reactions = [movingFacts(store), fillingIntake(store, intake)];
  await retrying('reactions', options, async () => {
    const checkpoints = await ReactionCheckpoints.open(options.databaseUrl);
    try {
      await checkpoints.alone(signal, async (mine) => {
        await Promise.all(reactions.map((reaction) => retrying(reaction.name, { ...options, signal: mine }, () => follow(store, reaction, checkpoints, mine))));
      });
    } finally {
      await checkpoints.close();
    }
  });
}

/** What one reaction does from where it was until the signal aborts. */
async function follow(store: EventStore, reaction: Reaction, checkpoints: ReactionCheckpoints, signal: AbortSignal): Promise<void> {
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

const MENDS: EventFilter = { types: ['LinkMended'] };
const LINKS_AND_PLACEMENTS: EventFilter = { categories: ['link', 'placement'] };

/** Until the first link is mended, no fact can be misdirected, and none is read. */
function movingFacts(store: EventStore): Reaction {
  let facts = new MisdirectedFacts(store);
  let onlyMends = true;
  return {
    name: MOVE_MISDIRECTED_FACTS,
    start: async (from) => {
      facts = new MisdirectedFacts(store);
      await rememberMends(store, facts, from);
      onlyMends = facts.isIdle;
      return onlyMends ? MENDS : LINKS_AND_PLACEMENTS;
    },
    handle: async (page) => {
      const [first] = page.events;
      if (onlyMends && first !== undefined) {
        await facts.handle(first);
        return first.position;
      }
      for (const event of page.events) await facts.handle(event);
      return null;
    },
  };
}

/** Links that were mended before the place where reading starts: facts on their way then may still come in. */
async function rememberMends(store: EventStore, facts: MisdirectedFacts, until: Position | null): Promise<void> {
  if (until !== null) for await (const mended of eventsUntil(store, MENDS, until)) await facts.remember(mended);
}

function fillingIntake(store: EventStore, intake: IntakeLedger): Reaction {
  const filling = new FillIntake(store, intake);
  return {
    name: 'fillIntake',
    start: () => Promise.resolve({ categories: ['placement'] }),
    handle: async (page, signal) => {
      await filling.handle(page.events, signal);
      return null;
    },
  };
}

async function retrying(name: string, { signal, onFailure }: Pick<ReactionOptions, 'signal' | 'onFailure'>, work: () => Promise<void>): Promise<void> {
  for (let wait = RETRY_MS_MIN; !signal.aborted; wait = Math.min(wait * 2, RETRY_MS_MAX)) {
    const begun = performance.now();
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) return;
      onFailure?.(name, error);
      // Having worked for a while, it is not the same trouble as before.
      if (performance.now() - begun > RETRY_MS_MAX) wait = RETRY_MS_MIN;
      await pause(wait, signal);
    }
  }
}
