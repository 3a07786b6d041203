/** Items between which no list is cut, as far as a list may have `sizeMax`. */
export type Together<T> = { readonly sizeMax: number; readonly belong: (last: T, next: T) => boolean };

/** Cuts a sequence in lists of `size`, longer where items belong together. */
export async function* inBatches<T>(items: AsyncIterable<T>, size: number, together?: Together<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    const last = batch.at(-1);
    const goesOn = last !== undefined && together !== undefined && batch.length < together.sizeMax && together.belong(last, item);
    if (batch.length >= size && !goesOn) {
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length > 0) yield batch;
}

/**
 * Handles items one after the other while the next one is already being made: reading and checking lines goes on while
 * the database works. At most one is ahead. @throws what either side throws; the other is then let go
 */
export async function withReadAhead<T>(items: AsyncIterable<T>, handle: (item: T) => Promise<void>): Promise<void> {
  let handling: Promise<void> = Promise.resolve();
  try {
    for await (const item of items) {
      await handling;
      handling = handle(item);
      // Awaited at the next turn; until then a failure must not count as unhandled.
      handling.catch(() => undefined);
    }
  } finally {
    await handling;
  }
}
