import type { EventFilter, EventStore, Page, Position, RecordedEvent } from '@bestendig/event-store';

/** The events of a kind from the start of the log up to and including a position, in the memory of one page. */
export async function* eventsUntil(store: EventStore, filter: EventFilter, until: Position): AsyncGenerator<RecordedEvent> {
  for (let at: Position | null = null; ; ) {
    const page: Page = await store.readAll(at, { filter });
    for (const event of page.events) {
      if (store.comparePositions(event.position, until) > 0) return;
      yield event;
    }
    if (page.next === null || page.atHead || store.comparePositions(page.next, until) >= 0) return;
    at = page.next;
  }
}
