import type { EventFilter, EventStore, Position } from '@bestendig/event-store';
import type { Reaction } from '@bestendig/reactions';
import { eventsUntil } from './events-until';
import { FillIntake, type IntakeLedger } from './fill-intake';
import { MisdirectedFacts, MOVE_MISDIRECTED_FACTS } from './move-misdirected-facts';

/** What must come after events of placements and links, whatever door they came in by. */
export const placementReactions = (store: EventStore, intake: IntakeLedger): readonly Reaction[] => [movingFacts(store), fillingIntake(store, intake)];

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
