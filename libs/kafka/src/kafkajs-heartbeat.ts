/** A consumer that is not heard for so long is taken for dead, and its partitions are given to others. */
export const SESSION_MS = 10_000;
export const HEARTBEAT_MS = 3_000;

export type Heartbeat = {
  stop(): void;
  /** What the group answered when it has to be joined again. kafkajs does so when it meets this error. */
  readonly toJoinAgain: () => Error | null;
};

/** With these the group itself answers; any other failure is one of the way there. */
const OF_GROUP = new Set([
  ...[
    'REBALANCE_IN_PROGRESS',
    'NOT_COORDINATOR_FOR_GROUP',
    'UNKNOWN_MEMBER_ID',
    'ILLEGAL_GENERATION',
    'FENCED_INSTANCE_ID',
  ],
]);

/** Of the partition whose batch is being handled: it may be another's by now. */
export type OnLost = {
  /** The group is to be joined again. */
  readonly answered: () => void;
  /** Nobody was reached for a whole session. */
  readonly silent: () => void;
};

/** Tells the group that we live, however long a batch takes. */
export function beat(heartbeat: () => Promise<void>, onLost: OnLost): Heartbeat {
  let answer: Error | null = null;
  let heardAtMs = performance.now();
  const heard = (): void => {
    heardAtMs = performance.now();
  };
  const failed = (error: unknown): void => {
    if (error instanceof Error && OF_GROUP.has(String(Reflect.get(error, 'type')))) {
      answer ??= error;
      onLost.answered();
    } else if (performance.now() - heardAtMs >= SESSION_MS) {
      // A broker that is away for a moment gives our partitions to nobody.
      onLost.silent();
    }
  };
  const timer = setInterval(() => void heartbeat().then(heard, failed), HEARTBEAT_MS);
  return { stop: () => clearInterval(timer), toJoinAgain: () => answer };
}
