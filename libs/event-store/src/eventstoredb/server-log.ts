import { EventStoreError } from '../port';
import type { BulkReader } from './bulk-reader';
import type { LogReading, Partial, ServerConnection, ServerFilter, ServerPosition } from './connection';
import { comparePositions, keptEvents, neverGiven, type KeptEvent } from './kept-event';
import type { Names } from './names';

const DEADLINE_MS = 10_000;
/** What is looked for backwards is mostly the last event; each further read asks for more. */
const BACK_EVENTS = 1;
const FIRST_EVENTS = 4;

export type Stretch = {
  readonly events: readonly KeptEvent[];
  /** True where the end that the direction leads to was reached. */
  readonly atEnd: boolean;
};

/** One log on the server, in the order of the server's own log: what the reads of the port are made from. Knows no terms and no times. */
export class ServerLog {
  private firstKnown: ServerPosition | null = null;

  constructor(
    readonly server: ServerConnection,
    readonly names: Names,
    /** Before the log's first event. */
    private readonly began: ServerPosition,
    private readonly bulk: BulkReader,
  ) {}

  get bulkClient(): BulkReader['client'] {
    return this.bulk.client;
  }

  /**
   * What comes after a position, events of the stores' own included. At most `limit`.
   *
   * @param bulk where much more is to be read: with the client that takes long to begin and is fast then
   * @throws EventStoreError `positionUnknown` where no event of this log stands at it
   */
  async after(from: ServerPosition | null, limit: number, bulk = false): Promise<Stretch> {
    const { events, whole } = await this.read({ from: from ?? this.began, limit: limit + (from === null ? 0 : 1), backward: false, filter: this.names.filter }, bulk);
    const kept = keptEvents(events, this.names);
    const first = kept[0];
    // A read begins with the event at its position: that it is there, and ours, is what makes the position one we gave.
    if (from !== null && (first === undefined || comparePositions(first, from) !== 0)) throw neverGiven();
    const found = from === null ? kept : kept.slice(1);
    if (!whole && found.length === 0) throw tooLate();
    return { events: found, atEnd: whole && events.length < limit + (from === null ? 0 : 1) };
  }

  /** Like {@link after}, for what the server's filter lets through. Null where nothing of this log was found and yet there is more: the reader then looks at every event itself. */
  async afterFiltered(from: ServerPosition | null, limit: number, filter: ServerFilter, bulk: boolean): Promise<Stretch | null> {
    const { events, whole } = await this.read({ from: from ?? this.began, limit: limit + 1, backward: false, filter }, bulk);
    const found = keptEvents(events, this.names).filter((event) => from === null || comparePositions(event, from) > 0);
    const atEnd = whole && events.length < limit + 1;
    if (!atEnd && found.length === 0) return null;
    return { events: found.slice(0, limit), atEnd: atEnd && found.length <= limit };
  }

  /** What lies before a position (null: before the end), from there towards the start. */
  async before(from: ServerPosition | null, limit: number): Promise<Stretch> {
    const first = await this.first();
    if (first === null || (from !== null && comparePositions(from, first) <= 0)) return { events: [], atEnd: true };
    const { events, whole } = await this.read({ from, limit, backward: true, filter: this.names.filter, until: first }, false);
    const kept = keptEvents(events, this.names).filter((event) => comparePositions(event, this.began) > 0);
    if (!whole && kept.length === 0) throw tooLate();
    const last = kept.at(-1);
    return { events: kept, atEnd: (whole && events.length < limit) || (last !== undefined && comparePositions(last, first) === 0) };
  }

  /** Null where there is none yet. Without it a read towards the start would look through all that the server has from before this log began. */
  private async first(): Promise<ServerPosition | null> {
    for (let from = this.began; this.firstKnown === null; ) {
      const { events, whole } = await this.read({ from, limit: FIRST_EVENTS, backward: false, filter: this.names.filter }, false);
      const first = keptEvents(events, this.names).find((event) => comparePositions(event, this.began) > 0);
      const last = events.at(-1);
      if (first !== undefined) this.firstKnown = { commit: first.commit, prepare: first.prepare };
      else if (!whole) throw tooLate();
      else if (last === undefined || events.length < FIRST_EVENTS) return null;
      else from = last;
    }
    return this.firstKnown;
  }

  /** The nearest event before a position (null: the last of the log) that is such a one. */
  async lastBefore(from: ServerPosition | null, isSuch: (event: KeptEvent) => boolean): Promise<KeptEvent | null> {
    for (let [at, limit] = [from, BACK_EVENTS]; ; limit = Math.min(limit * 8, 2_000)) {
      const { events, atEnd } = await this.before(at, limit);
      const found = events.find(isSuch);
      if (found !== undefined) return found;
      const last = events.at(-1);
      if (atEnd || last === undefined) return null;
      at = last;
    }
  }

  /** @throws EventStoreError `positionUnknown` where no event of this log stands at it */
  async requireGiven(position: ServerPosition): Promise<void> {
    await this.after(position, 1);
  }

  private read(reading: Omit<LogReading, 'deadlineMs'>, bulk: boolean): Promise<Partial> {
    const asked = { ...reading, deadlineMs: DEADLINE_MS };
    return bulk ? this.bulk.readLog(asked) : this.server.readLog(asked);
  }
}

function tooLate(): EventStoreError {
  return new EventStoreError('unavailable', 'The EventStoreDB did not answer a read in time.');
}
