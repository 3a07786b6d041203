import type { EachBatchPayload } from 'kafkajs';
import { beat } from './kafkajs-heartbeat';
import { received } from './kafkajs-messages';
import type { ConsumeOptions, ReceivedMessage } from './port';

const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 30_000;

/** What is being handled by one consumer. */
export class Batches {
  private lost = new AbortController();
  private readonly handling = new Set<Promise<void>>();
  /** By partition: how long it rested after the last failure. */
  private readonly rests = new Map<number, number>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private isOver = false;

  constructor(private readonly options: ConsumeOptions) {}

  /** The partitions may be another consumer's by now: what comes next is of another assignment. */
  lose(): void {
    this.lost.abort();
    this.lost = new AbortController();
  }

  /** Nothing new is handled; resolves when what is being handled has come to its end, and is committed where that was a good one. */
  end(): Promise<unknown> {
    this.isOver = true;
    this.lost.abort();
    for (const timer of this.timers) clearTimeout(timer);
    return Promise.allSettled(this.handling);
  }

  async take(payload: EachBatchPayload): Promise<void> {
    if (this.isOver) return;
    const handling = this.handleBatch(payload);
    this.handling.add(handling);
    try {
      await handling;
    } finally {
      this.handling.delete(handling);
    }
  }

  /** Hands over one batch of a partition in pieces, each committed when it is handled. */
  private async handleBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, isRunning, isStale } = payload;
    const { batchMessages } = this.options;
    const lost = this.lost;
    // Where the group is only to be joined again, what is handled before that is still ours to commit.
    const beating = beat(heartbeat, { answered: () => lost.abort(), silent: () => lost === this.lost && this.lose() });
    try {
      for (let at = 0; at < batch.messages.length; at += batchMessages) {
        if (lost.signal.aborted || this.isOver || !isRunning() || isStale()) break;
        const piece = batch.messages.slice(at, at + batchMessages);
        const messages = piece.map((message) => received(batch.topic, batch.partition, message));
        if (!(await this.isHandled(messages, lost.signal, payload))) break;
        // Handled, but of an assignment that is over: who has the partition now says how far it is.
        if (lost !== this.lost) break;
        await commit(
          payload,
          at + piece.length === batch.messages.length ? batch.lastOffset() : (messages.at(-1)?.offset ?? ''),
        );
      }
    } finally {
      beating.stop();
    }
    const failure = beating.toJoinAgain();
    if (failure !== null) throw failure;
  }

  /** False where the messages are to come again: the partition then rests, while others go on. */
  private async isHandled(
    messages: readonly ReceivedMessage[],
    lost: AbortSignal,
    { batch, pause }: EachBatchPayload,
  ): Promise<boolean> {
    const { partition } = batch;
    try {
      await this.options.handle(messages, lost);
    } catch (error) {
      if (lost.aborted) return false;
      this.options.onFailure?.(error);
      const rest = Math.min(2 * (this.rests.get(partition) ?? RETRY_MS_MIN / 2), RETRY_MS_MAX);
      this.rests.set(partition, rest);
      this.after(rest, pause());
      return false;
    }
    this.rests.delete(partition);
    return true;
  }

  private after(ms: number, goOn: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      goOn();
    }, ms);
    this.timers.add(timer);
  }
}

async function commit(
  { batch, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload,
  offset: string,
): Promise<void> {
  const { topic, partition } = batch;
  await commitOffsetsIfNecessary({
    topics: [{ topic, partitions: [{ partition, offset: String(BigInt(offset) + 1n) }] }],
  });
  // Only now: what could not be committed comes again.
  resolveOffset(offset);
}
