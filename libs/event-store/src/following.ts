import { EventStoreError, type EventStore, type Page, type Position } from './port';
import type { WakeUp } from './wake-up';

const RETRY_MS = 250;

type Followed = {
  readonly readAll: EventStore['readAll'];
  readonly wakeUp: WakeUp;
  /** True once the store was closed: then what cannot be reached will not come back. */
  readonly isClosed: () => boolean;
};

/** Pages from a position on, for ever. The position is the reader's own, so a server that is away is waited for and nothing is missed. */
export async function* followLog({ readAll, wakeUp, isClosed }: Followed, from: Position | null, options: Parameters<EventStore['subscribe']>[1]): AsyncGenerator<Page> {
  const pageOrNull = async (at: Position | null): Promise<Page | null> => {
    try {
      return await readAll(at, options);
    } catch (error) {
      if (error instanceof EventStoreError && error.code === 'unavailable' && !isClosed()) return null;
      throw error;
    }
  };
  let at = from;
  let toldAtHead = false;
  while (!options.signal.aborted) {
    const mark = wakeUp.mark();
    const page = await pageOrNull(at);
    if (options.signal.aborted) return;
    if (page === null) {
      await wakeUp.sleep(wakeUp.mark(), AbortSignal.any([options.signal, AbortSignal.timeout(RETRY_MS)]));
      continue;
    }
    at = page.next ?? at;
    // An empty page is given once where the end is reached, so that the reader knows it is there.
    if (page.next !== null || !toldAtHead) yield page;
    toldAtHead = page.atHead;
    if (page.atHead) await wakeUp.sleep(mark, options.signal);
  }
}
