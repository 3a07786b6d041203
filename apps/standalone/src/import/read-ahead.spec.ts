import { inBatches, withReadAhead, type Together } from './read-ahead';

async function batchesOf(items: string, size: number, together?: Together<string>): Promise<readonly string[]> {
  const batches: string[] = [];
  const sequence = (async function* () {
    yield* items;
  })();
  for await (const batch of inBatches(sequence, size, together)) batches.push(batch.join(''));
  return batches;
}

const same = (sizeMax: number): Together<string> => ({ sizeMax, belong: (last, next) => last === next });

test.each<[string, number, Together<string> | undefined, string[]]>([
  ['', 2, undefined, []],
  ['abcde', 2, undefined, ['ab', 'cd', 'e']],
  ['abbbcd', 2, same(9), ['abbb', 'cd']],
  ['aaaaaaab', 2, same(3), ['aaa', 'aaa', 'ab']],
  ['aabb', 2, same(9), ['aa', 'bb']],
])('%s in lists of %i', async (items, size, together, expected) => {
  expect(await batchesOf(items, size, together)).toEqual(expected);
});

test('one item is made while the one before is handled, in order; a failure of either side ends both', async () => {
  const log: string[] = [];
  async function* made() {
    for (const item of ['a', 'b', 'c']) {
      log.push(`make ${item}`);
      yield item;
    }
  }
  await withReadAhead(made(), async (item) => {
    log.push(`begin ${item}`);
    await new Promise((next) => setTimeout(next, 5));
    log.push(`end ${item}`);
  });
  expect(log).toEqual(['make a', 'begin a', 'make b', 'end a', 'begin b', 'make c', 'end b', 'begin c', 'end c']);
  await expect(withReadAhead(made(), () => Promise.reject(new Error('handler')))).rejects.toThrow('handler');
  async function* broken() {
    yield 'a';
    throw new Error('maker');
  }
  await expect(withReadAhead(broken(), () => Promise.resolve())).rejects.toThrow('maker');
});
