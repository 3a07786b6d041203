import type { EventStore, Page, Position } from '@bestendig/event-store';
import type { Sender } from '@bestendig/kafka';
import { verdictChanges } from '@bestendig/placement-application';
import type { Reaction } from '@bestendig/reactions';
import { isFromKafka } from './origins';
import { laterVerdictMessage, type OutcomeTopic } from './outcome-messages';

type Telling = {
  readonly store: EventStore;
  readonly sender: Sender;
  readonly topic: OutcomeTopic;
  readonly onUnreadable: (placementId: string, error: unknown) => void;
};

/**
 * Tells publishers when a fact they delivered counts otherwise than before: parked at first and standing now, corrected,
 * discarded, moved. What changed follows from the log alone, so telling it again after a kill says the same.
 */
export function tellingVerdicts({ store, sender, topic, onUnreadable }: Telling): Reaction {
  return {
    name: 'tellVerdicts',
    start: () => Promise.resolve({ categories: ['placement'] }),
    handle: async (page: Page): Promise<Position | null> => {
      const changes = await verdictChanges(store, page.events, isFromKafka, onUnreadable);
      if (changes.length > 0) await sender.send(topic.name, changes.map((change) => laterVerdictMessage(topic, change))); // prettier-ignore
      return null;
    },
  };
}
