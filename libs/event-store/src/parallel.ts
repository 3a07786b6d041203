/** Does the work for each, at most so many at a time; the results in the order of the items. The first failure is thrown, when none is under way any more. */
export async function inParallel<Item, Result>(items: readonly Item[], atOnceMax: number, work: (item: Item) => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | null = null;
  const one = async (): Promise<void> => {
    for (let index = next++; index < items.length && failure === null; index = next++) {
      try {
        results[index] = await work(items[index] as Item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, one));
  const failed = failure as { readonly error: unknown } | null;
  if (failed !== null) throw failed.error;
  return results;
}
