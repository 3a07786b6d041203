/** An answer that takes long, shared by all who ask before its making has begun: each gets one that was made after he asked. */
export class SharedAnswer<T> {
  private waiting: Promise<T> | null = null;

  /** @param make is given what to call when it begins. */
  constructor(private readonly make: (begun: () => void) => Promise<T>) {}

  ask(): Promise<T> {
    if (this.waiting !== null) return this.waiting;
    const mine = this.make(() => void (this.waiting = null));
    this.waiting = mine;
    const done = (): void => void (this.waiting = this.waiting === mine ? null : this.waiting);
    mine.then(done, done);
    return mine;
  }
}
