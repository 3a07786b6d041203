/**
 * The items as they come, with a tick (null) at least every so often among them and while nothing comes. The next item is
 * asked for when the one before was taken.
 */
export async function* withTicks<Item>(
  items: AsyncIterator<Item>,
  everyMs: number,
): AsyncGenerator<Item | null, void, undefined> {
  let due = performance.now() + everyMs;
  for (;;) {
    const next = items.next();
    const comesBy = watched(next);
    while (!(await comesBy(due))) {
      yield null;
      due = performance.now() + everyMs;
    }
    const { value, done } = await next;
    if (done === true) return;
    yield value;
  }
}

/**
 * Says whether something settles in time. It is listened to once, however often this is asked: each listener would stay as
 * long as it is pending, which may be for days.
 */
function watched(pending: Promise<unknown>): (deadline: number) => Promise<boolean> {
  let isSettled = false;
  let wake = (): void => undefined;
  const settle = (): void => {
    isSettled = true;
    wake();
  };
  pending.then(settle, settle);
  return (deadline) =>
    new Promise((resolve) => {
      const wait = deadline - performance.now();
      if (isSettled || wait <= 0) return resolve(isSettled && wait > 0);
      const timer = setTimeout(() => resolve(false), wait);
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
}
