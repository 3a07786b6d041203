import { isConnectionLost } from '@bestendig/postgres';
import { AppendTransaction, type NewRow, type PreparedAppend } from '../append-rules';
import { EventStoreError, type Position, type StreamResult } from '../port';
import { codedError } from './connection';
import { keepStatement, type Asked, type LogLock } from './log-lock';

/** Appends that wait join one transaction of at most so many events, so one commit serves them all. */
const GROUP_EVENTS_MAX = 2_000;
/** More waiting than this is overload, which a caller must feel. */
const WAITING_EVENTS_MAX = 100_000;

type Waiting = {
  readonly append: PreparedAppend;
  readonly events: number;
  readonly resolve: (results: readonly StreamResult[]) => void;
  readonly reject: (error: unknown) => void;
};
type Settle = () => void;

/** Group commit: each append of a group has its own result, and one that is refused does not hurt the others. */
export class AppendQueue {
  private readonly waiting: Waiting[] = [];
  private waitingEvents = 0;
  private draining: Promise<void> | null = null;

  constructor(
    private readonly lock: LogLock,
    private readonly positionOf: (position: number) => Position,
    private readonly waitingEventsMax = WAITING_EVENTS_MAX,
  ) {}

  add(append: PreparedAppend): Promise<readonly StreamResult[]> {
    const events = append.writes.reduce((sum, write) => sum + write.events.length, 0);
    if (events === 0) return Promise.resolve([]);
    if (this.waitingEvents + events > this.waitingEventsMax) return Promise.reject(new EventStoreError('unavailable', 'Overloaded: too many appends are waiting.'));
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

  private nextGroup(): readonly Waiting[] {
    let events = 0;
    let count = 0;
    for (const one of this.waiting) {
      if (count > 0 && events + one.events > GROUP_EVENTS_MAX) break;
      events += one.events;
      count++;
    }
    this.waitingEvents -= events;
    return this.waiting.splice(0, count);
  }

  private async carryOut(group: readonly Waiting[]): Promise<void> {
    let failure: unknown;
    let inDoubt: readonly NewRow[] = [];
    // A lost connection leaves in doubt whether the group was committed; its ids say so, so trying once more never doubles.
    for (let attempt = 0; attempt < 2; attempt++) {
      for (const one of group) for (const row of inDoubt) one.append.attempted.add(row.hash);
      try {
        for (const settle of await this.attempt(group, (rows) => void (inDoubt = rows))) settle();
        return;
      } catch (error) {
        failure = error;
        if (!isConnectionLost(error)) break;
      }
    }
    const coded = codedError(failure);
    const alone = group.length === 1 || coded instanceof EventStoreError;
    if (!alone) for (const one of group) await this.carryOut([one]);
    else for (const one of group) one.reject(coded);
  }

  private attempt(group: readonly Waiting[], onSend: (rows: readonly NewRow[]) => void): Promise<readonly Settle[]> {
    return this.lock.withLock(askedBy(group), (log) => {
      const transaction = new AppendTransaction(log.end, log.nowUs, (stream) => found(log.streams.get(stream)), this.positionOf);
      const settles = group.map((one) => decideOne(transaction, one));
      if (transaction.rows.length === 0) return { result: settles, statements: [] };
      onSend(transaction.rows);
      return { result: settles, statements: [keepStatement(transaction.rows)] };
    });
  }
}

function decideOne(transaction: AppendTransaction, one: Waiting): Settle {
  try {
    const results = transaction.decide(one.append);
    return () => one.resolve(results);
  } catch (error) {
    return () => one.reject(error);
  }
}

function askedBy(group: readonly Waiting[]): Asked {
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

function found<T>(state: T | undefined): T {
  if (state === undefined) throw new Error('A stream was decided on that was not asked for.');
  return state;
}
