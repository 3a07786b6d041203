import type { NewRow } from '../append-rules';
import { inParallel } from '../parallel';
import { EventStoreError } from '../port';
import type { NewServerEvent, ServerConnection } from './connection';
import { keptEvents, toServerEvent } from './kept-event';
import type { HeldLog } from './log-lock';
import type { Names } from './names';

const AT_ONCE_MAX = 64;
/** An answer that does not come in this time is looked for in the stream. */
const APPEND_DEADLINE_MS = 4_000;
const LOOK_DEADLINE_MS = 2_000;
const TRIES = 2;
/** Well below what the server takes at once, whatever its version. */
const APPEND_BYTES_MAX = 900_000;

/** Events that go to one stream in one append. */
export type Sending = { readonly stream: string; readonly rows: readonly NewRow[] };

/** What became of a stream's events. Only `inDoubt` leaves open whether they will yet be kept. */
export type Sent =
  | { readonly outcome: 'kept' | 'conflict' }
  | { readonly outcome: 'refused' | 'inDoubt'; readonly error: EventStoreError };

export type SentAll = {
  /** By stream; a stream of which nothing was sent is absent. */
  readonly outcomes: ReadonlyMap<string, Sent>;
  readonly kept: readonly KeptSending[];
};
export type KeptSending = Sending & { /** The server's position of the last of them. */ readonly commit: number };

type Tried = { readonly outcome: 'kept'; readonly commit: number } | Exclude<Sent, { readonly outcome: 'kept' | 'conflict' }> | { readonly outcome: 'conflict' };

/** Sends what a turn of the lock has decided, and finds out what became of it. */
export class Sender {
  constructor(
    private readonly server: ServerConnection,
    private readonly names: Names,
  ) {}

  /** All of one wave are in flight together, one wave after the other; it ends with the wave in which not all were kept. */
  async send(log: HeldLog, waves: readonly (readonly (readonly Sending[])[])[], term: number): Promise<SentAll> {
    const outcomes = new Map<string, Sent>();
    const kept: KeptSending[] = [];
    for (const wave of waves) {
      await inParallel(wave, AT_ONCE_MAX, async (ofStream) => {
        for (const sending of ofStream) {
          const sent = await this.sendSurely(log, sending, term);
          outcomes.set(sending.stream, sent);
          if (sent.outcome !== 'kept') return;
          kept.push({ ...sending, commit: sent.commit });
        }
      });
      if ([...outcomes.values()].some((sent) => sent.outcome !== 'kept')) break;
    }
    return { outcomes, kept };
  }

  private async sendSurely(log: HeldLog, { stream, rows }: Sending, term: number): Promise<Tried> {
    const expected = (rows[0]?.revision ?? 0) - 1;
    const events: readonly NewServerEvent[] = rows.map((row) => toServerEvent(row, { term }));
    let outcome: 'refused' | 'inDoubt' = 'refused';
    for (let attempt = 1; ; attempt++) {
      try {
        await log.beSure();
      } catch (error) {
        return { outcome, error: unavailable(error) };
      }
      outcome = 'inDoubt';
      try {
        const appended = await this.server.append(this.names.onServer(stream), expected, events, APPEND_DEADLINE_MS);
        return appended.outcome === 'conflict' ? appended : { outcome: 'kept', commit: Number(appended.commit) };
      } catch (error) {
        if (error instanceof EventStoreError && error.code !== 'unavailable') return { outcome: 'refused', error };
        const found = await this.lookFor(stream, rows);
        if (found === 'conflict') return { outcome: 'conflict' };
        if (typeof found === 'number') return { outcome: 'kept', commit: found };
        if (attempt === TRIES) return { outcome: 'inDoubt', error: unavailable(error) };
      }
    }
  }

  /** Where the last of them stands, if all are there; a conflict where others are; null where nothing is, or nothing can be learnt. */
  private async lookFor(stream: string, rows: readonly NewRow[]): Promise<number | 'conflict' | null> {
    const fromRevision = rows[0]?.revision ?? 0;
    try {
      const read = await this.server.readStream(this.names.onServer(stream), { fromRevision, backward: false, limit: rows.length, deadlineMs: LOOK_DEADLINE_MS });
      const there = keptEvents(read ?? [], this.names);
      if (there.length === 0) return null;
      if (there.length < rows.length || there.some((event, index) => event.beside.hash !== rows[index]?.hash)) return 'conflict';
      return Number(there.at(-1)?.commit ?? 0);
    } catch {
      return null;
    }
  }
}

/**
 * Cuts rows into waves. Of one recordedAt all streams may be in flight together, since within it order says nothing; what is recorded
 * later is sent when all before it is kept. One stream alone is one append, whatever its times: it is kept in its order or not at all.
 *
 * @param ends how many rows there were after each append that was decided: what was asked for together is kept together
 */
export function wavesOf(rows: readonly NewRow[], ends: ReadonlySet<number>): readonly (readonly (readonly Sending[])[])[] {
  const waves: (readonly Sending[])[][] = [];
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    while (end < rows.length && rows[end]?.recordedAt === rows[start]?.recordedAt) end++;
    const alone = rows.slice(start, end).every((row) => row.stream === rows[start]?.stream);
    if (alone) while (end < rows.length && rows[end]?.stream === rows[start]?.stream) end++;
    const byStream = new Map<string, { readonly row: NewRow; readonly index: number }[]>();
    for (let index = start; index < end; index++) {
      const row = rows[index];
      if (row === undefined) continue;
      const ofStream = byStream.get(row.stream);
      if (ofStream === undefined) byStream.set(row.stream, [{ row, index }]);
      else ofStream.push({ row, index });
    }
    waves.push([...byStream].map(([stream, ofStream]) => cut(stream, ofStream, ends)));
    start = end;
  }
  return waves;
}

/** What is too much for one append is sent in several, cut only between what was asked for apart. */
function cut(stream: string, rows: readonly { readonly row: NewRow; readonly index: number }[], ends: ReadonlySet<number>): readonly Sending[] {
  const sendings: NewRow[][] = [[]];
  let together: NewRow[] = [];
  let bytes = 0;
  rows.forEach(({ row, index }, at) => {
    together.push(row);
    const next = rows[at + 1]?.index;
    const isEnd = next === undefined || [...Array(next - index).keys()].some((offset) => ends.has(index + 1 + offset));
    if (!isEnd) return;
    const size = together.reduce((sum, one) => sum + 2 * one.canonical.length, 0);
    if (bytes > 0 && bytes + size > APPEND_BYTES_MAX) {
      sendings.push([]);
      bytes = 0;
    }
    sendings.at(-1)?.push(...together);
    bytes += size;
    together = [];
  });
  return sendings.map((ofStream) => ({ stream, rows: ofStream }));
}

function unavailable(cause: unknown): EventStoreError {
  if (cause instanceof EventStoreError && cause.code === 'unavailable') return cause;
  return new EventStoreError('unavailable', 'The lock on the event log was lost.', { cause });
}
