import { isConnectionLost } from '@bestendig/postgres';
import { AppendTransaction, type NewRow } from '../append-rules';
import { askedBy, decideOne, noteAttempted, type DecidedAppend, type WaitingAppend } from '../append-queue';
import { EventStoreError, type Position } from '../port';
import { codedError } from './connection';
import { keepStatement, type LogLock } from './log-lock';

/** One commit serves so many events of those that wait. */
export const GROUP_EVENTS_MAX = 2_000;

/** Carries out groups of appends, each in one transaction under the log's lock. */
export class GroupCommit {
  constructor(
    private readonly lock: LogLock,
    private readonly positionOf: (position: number) => Position,
  ) {}

  readonly carryOut = async (group: readonly WaitingAppend[]): Promise<void> => {
    let failure: unknown;
    let inDoubt: readonly NewRow[] = [];
    // A lost connection leaves in doubt whether the group was committed; its ids say so, so trying once more never doubles.
    for (let attempt = 0; attempt < 2; attempt++) {
      noteAttempted(group, inDoubt);
      try {
        const decided = await this.attempt(group, (rows) => void (inDoubt = rows));
        group.forEach((one, index) => settle(one, decided[index]));
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
  };

  private attempt(group: readonly WaitingAppend[], onSend: (rows: readonly NewRow[]) => void): Promise<readonly DecidedAppend[]> {
    return this.lock.withLock(askedBy(group), (log) => {
      const transaction = new AppendTransaction(log.end, log.nowUs, (stream) => found(log.streams.get(stream)), this.positionOf);
      const decided = group.map((one) => decideOne(transaction, one));
      if (transaction.rows.length === 0) return { result: decided, statements: [] };
      onSend(transaction.rows);
      return { result: decided, statements: [keepStatement(transaction.rows)] };
    });
  }
}

function settle(one: WaitingAppend, decided: DecidedAppend | undefined): void {
  if (decided === undefined) one.reject(new Error('An append of the group was not decided on.'));
  else if ('refusal' in decided) one.reject(decided.refusal);
  else one.resolve(decided.results);
}

function found<T>(state: T | undefined): T {
  if (state === undefined) throw new Error('A stream was decided on that was not asked for.');
  return state;
}
