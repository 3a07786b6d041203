import type { Instant } from '../port';
import type { ServerPosition } from './connection';
import { TERM_STREAM } from './identity';
import { comparePositions, keptEvents, positionOf, sealedOf, type KeptEvent } from './kept-event';
import type { ServerLog } from './server-log';

const DEADLINE_MS = 10_000;
const PAGE_EVENTS = 1_000;
const REMEMBERED_MAX = 10_000;
const LONG_PAGE_EVENTS = 200;

/**
 * From when an event was known. Mostly that is its recordedAt. But what a writer sent may land after the next writer began
 * its term, with a recordedAt from before it: such an event is *lifted* to the known time of the nearest event before it
 * that is not, so that known times never go back along the log.
 */
export class KnownTimes {
  /** Where each term began, by its number. */
  private readonly terms: ServerPosition[] = [];
  /** Every term that began up to here is among them. */
  private coveredTo: ServerPosition = { commit: -1n, prepare: -1n };
  private readonly liftedTo = new Map<string, Instant>();

  constructor(private readonly log: ServerLog) {}

  /** To be called after a read and before {@link of}: `events` in the order of the log or of their stream. @throws EventStoreError */
  async cover(events: readonly KeptEvent[]): Promise<void> {
    let last: ServerPosition | undefined;
    for (const event of events) if (last === undefined || comparePositions(event, last) > 0) last = event;
    if (last === undefined || comparePositions(last, this.coveredTo) <= 0) return;
    // Terms that are read now cover all that is in the log now: of a long read the pages after this one too.
    const [end = last] = events.length < LONG_PAGE_EVENTS ? [] : (await this.log.before(null, 1)).events;
    await this.readTerms();
    this.noteCovered(last);
    this.noteCovered(end);
  }

  /** Where the log's holder knows of no term after the last of these, up to that position. */
  noteCovered(upTo: ServerPosition, latestTerm?: number): void {
    if (latestTerm !== undefined && latestTerm !== this.terms.length - 1) return;
    if (comparePositions(upTo, this.coveredTo) > 0) this.coveredTo = { commit: upTo.commit, prepare: upTo.prepare };
  }

  /** Null where it is the event's recordedAt. @throws EventStoreError */
  async of(event: KeptEvent): Promise<Instant | null> {
    if (!this.isLifted(event)) return event.beside.known;
    const key = positionOf(event);
    const remembered = this.liftedTo.get(key);
    if (remembered !== undefined) return remembered;
    const before = await this.log.lastBefore(event, (earlier) => !this.isLifted(earlier) || this.liftedTo.has(positionOf(earlier)));
    const known = before === null ? sealedOf(event).envelope.recordedAt : (this.liftedTo.get(positionOf(before)) ?? this.knownAlone(before));
    if (this.liftedTo.size >= REMEMBERED_MAX) this.liftedTo.clear();
    this.liftedTo.set(key, known);
    return known;
  }

  /** The known time of the log's last event, or of the last before a position; null where there is none. */
  async last(before: ServerPosition | null): Promise<Instant | null> {
    await this.readTerms();
    const event = await this.log.lastBefore(before, (earlier) => !this.isLifted(earlier));
    return event === null ? null : this.knownAlone(event);
  }

  private knownAlone(event: KeptEvent): Instant {
    return event.beside.known ?? sealedOf(event).envelope.recordedAt;
  }

  /** True for what landed after a term began that is later than its writer's. */
  isLifted({ beside, commit, prepare }: KeptEvent): boolean {
    return beside.term !== null && beside.term < this.inForceAt({ commit, prepare });
  }

  /** The last term that began at or before a position; -1 before the first. */
  private inForceAt(position: ServerPosition): number {
    let [low, high] = [0, this.terms.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const began = this.terms[middle];
      if (began !== undefined && comparePositions(began, position) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private async readTerms(): Promise<void> {
    const stream = this.log.names.onServer(TERM_STREAM);
    for (;;) {
      const fromRevision = this.terms.length;
      const events = await this.log.server.readStream(stream, { fromRevision, backward: false, limit: PAGE_EVENTS, deadlineMs: DEADLINE_MS });
      // Another read of this process may have been faster.
      for (const event of keptEvents(events ?? [], this.log.names)) if (event.revision === this.terms.length) this.terms.push({ commit: event.commit, prepare: event.prepare });
      if ((events?.length ?? 0) < PAGE_EVENTS) return;
    }
  }
}
