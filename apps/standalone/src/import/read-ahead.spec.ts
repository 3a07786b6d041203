import { inBatches, type Together } from './read-ahead';

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
