import type { KnownEvent, StreamState } from '../append-rules';
import { inParallel } from '../parallel';
import { EventStoreError, NO_EVENTS } from '../port';
import type { ServerConnection } from './connection';
import { keptEvents, sealedOf } from './kept-event';
import type { Names } from './names';

const READS_AT_ONCE = 64;
const DEADLINE_MS = 5_000;
/** Some ten megabytes. */
const EVENTS_REMEMBERED_MAX = 40_000;
/** What the server says of a stream that was deleted softly: everything before it is gone. */
const TRUNCATED_BEFORE = '$tb';

/** Where streams end and what they hold, as the lock's holder reads it; remembered for as long as nobody else appends. */
export class StreamStates {
  private states = new Map<string, StreamState>();
  private events = 0;

  constructor(
    private readonly server: ServerConnection,
    private readonly names: Names,
  ) {}

  /** To be called when somebody else may have appended. */
  forgetAll(): void {
    this.states = new Map();
    this.events = 0;
  }

  forget(stream: string): void {
    this.events -= this.states.get(stream)?.known.size ?? 0;
    this.states.delete(stream);
  }

  /**
   * @param takenForNew streams that are not looked into: where one is there after all, what is sent to it is refused as a conflict
   * @throws EventStoreError `streamDeleted` for a stream that somebody deleted or cut short in the server itself
   */
  async of(streams: readonly string[], takenForNew: ReadonlySet<string>): Promise<ReadonlyMap<string, StreamState>> {
    const found = new Map<string, StreamState>();
    const states = await inParallel(streams, READS_AT_ONCE, async (stream) => this.states.get(stream) ?? (takenForNew.has(stream) ? this.taken(stream) : this.read(stream)));
    states.forEach((state, index) => found.set(streams[index] ?? '', state));
    for (const [stream, state] of found) this.remember(stream, state);
    return found;
  }

  /** An event of that stream whose place is known now. */
  place(stream: string, id: string, position: number): void {
    const known = this.states.get(stream)?.known;
    const event = known?.get(id);
    if (known !== undefined && event !== undefined) known.set(id, { ...event, position });
  }

  /** Latest last, so that what was not used for longest is forgotten first. */
  private remember(stream: string, state: StreamState): void {
    this.forget(stream);
    this.states.set(stream, state);
    this.events += state.known.size;
    for (const oldest of this.states.keys()) {
      if (this.events <= EVENTS_REMEMBERED_MAX && this.states.size <= EVENTS_REMEMBERED_MAX) break;
      this.forget(oldest);
    }
  }

  private async read(stream: string): Promise<StreamState> {
    const events = await this.server.readStream(this.names.onServer(stream), { fromRevision: null, backward: false, limit: Number.MAX_SAFE_INTEGER, deadlineMs: DEADLINE_MS });
    if (events === null) return this.taken(stream);
    if (events[0]?.revision !== 0) throw deleted(stream);
    const known = new Map<string, KnownEvent>();
    let last: KnownEvent | null = null;
    for (const event of keptEvents(events, this.names)) {
      const { id, recordedAt, messageDigest } = sealedOf(event).envelope;
      last = { revision: event.revision, recordedAt, position: Number(event.commit), digest: messageDigest, hash: event.beside.hash };
      known.set(id, last);
    }
    return { revision: last?.revision ?? NO_EVENTS, hash: last?.hash ?? null, known };
  }

  private async taken(stream: string): Promise<StreamState> {
    await this.requireNeverThere(stream);
    return { revision: NO_EVENTS, hash: null, known: new Map() };
  }

  /** Of a stream that was deleted softly the server says that it does not exist, and lets it go on. */
  private async requireNeverThere(stream: string): Promise<void> {
    const said = await this.server.readStream(this.names.metadataOf(stream), { fromRevision: null, backward: true, limit: 1, deadlineMs: DEADLINE_MS });
    const [last] = said ?? [];
    if (last !== undefined && last.data.includes(TRUNCATED_BEFORE)) throw deleted(stream);
  }
}

function deleted(stream: string): EventStoreError {
  return new EventStoreError('streamDeleted', `The stream ${stream} was deleted, or its beginning taken away, in the EventStoreDB itself.`);
}
