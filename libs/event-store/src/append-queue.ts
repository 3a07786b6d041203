import type { AppendTransaction, PreparedAppend } from './append-rules';
import { EventStoreError, type StreamResult } from './port';

/** More waiting than this is overload, which a caller must feel. */
const WAITING_EVENTS_MAX = 100_000;

/** An append that somebody waits for. Its promise is settled by who carries out its group. */
export type WaitingAppend = {
  readonly append: PreparedAppend;
  readonly events: number;
  readonly resolve: (results: readonly StreamResult[]) => void;
  readonly reject: (error: unknown) => void;
};

export type QueueLimits = {
  /** Appends that wait go together up to so many events, so that one turn of the lock serves them all. */
  readonly groupEventsMax: number;
  readonly waitingEventsMax?: number;
};

/** Group commit: appends that wait are carried out together, one group after the other. */
export class AppendQueue {
  private readonly waiting: WaitingAppend[] = [];
  private waitingEvents = 0;
  private draining: Promise<void> | null = null;

  /** @param carryOut settles every append of the group and never throws. */
  constructor(
    private readonly carryOut: (group: readonly WaitingAppend[]) => Promise<void>,
    private readonly limits: QueueLimits,
  ) {}

  add(append: PreparedAppend): Promise<readonly StreamResult[]> {
    const events = append.writes.reduce((sum, write) => sum + write.events.length, 0);
    if (events === 0) return Promise.resolve([]);
    if (this.waitingEvents + events > (this.limits.waitingEventsMax ?? WAITING_EVENTS_MAX)) return Promise.reject(new EventStoreError('unavailable', 'Overloaded: too many appends are waiting.'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ append, events, resolve, reject });
      this.waitingEvents += events;
      // From the next turn on, so that appends asked for together go together.
      this.draining ??= new Promise<void>((next) => setImmediate(next)).then(() => this.drain());
    });
  }

  /** When nothing waits any more. */
  async idle(): Promise<void> {
    while (this.draining !== null) await this.draining;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) await this.carryOut(this.nextGroup());
    this.draining = null;
  }

  private nextGroup(): readonly WaitingAppend[] {
    let events = 0;
    let count = 0;
    for (const one of this.waiting) {
      if (count > 0 && events + one.events > this.limits.groupEventsMax) break;
      events += one.events;
      count++;
    }
    this.waitingEvents -= events;
    return this.waiting.splice(0, count);
  }
}

/** What was decided on an append of a group, its refusal included: one that is refused does not hurt the others. */
export type DecidedAppend = { readonly results: readonly StreamResult[] } | { readonly refusal: unknown };

export function decideOne(transaction: AppendTransaction, one: WaitingAppend): DecidedAppend {
  try {
    return { results: transaction.decide(one.append) };
  } catch (refusal) {
    return { refusal };
  }
}

/** The streams a group asks about, each with the ids that it brings for it. */
export function askedBy(group: readonly WaitingAppend[]): ReadonlyMap<string, readonly string[]> {
  const asked = new Map<string, string[]>();
  for (const { append } of group) {
    for (const write of append.writes) {
      const ids = asked.get(write.stream) ?? [];
      for (const event of write.events) ids.push(event.id);
      asked.set(write.stream, ids);
    }
  }
  return asked;
}

/** What an attempt in doubt may have kept is the work of whoever is in that group. */
export function noteAttempted(group: readonly WaitingAppend[], rows: readonly { readonly hash: string }[]): void {
  for (const { append } of group) for (const row of rows) append.attempted.add(row.hash);
}
