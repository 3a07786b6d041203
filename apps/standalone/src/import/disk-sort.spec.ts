import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sortOnDisk } from './disk-sort';

test('any records in any number of runs and rounds come out as a stable sort in memory gives them, and the disk is left empty', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'disk-sort-'));
  const record = fc.record({ key: fc.stringMatching(/^[0-3]{1,2}$/), text: fc.stringMatching(/^[a-zé€😀 ]{0,20}$/u) });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 60 }), fc.integer({ min: 1, max: 200 }), async (records, runCharsMax) => {
      const numbered = records.map(({ key, text }, index) => ({ key, text: `${index} ${key} ${text}` }));
      const given = (async function* () {
        yield* numbered;
      })();
      const got: string[] = [];
      for await (const text of await sortOnDisk(given, { folder, runCharsMax, mergedAtOnceMax: 3 })) got.push(text);
      expect(got).toEqual(numbered.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ text }) => text));
      expect(readdirSync(folder)).toEqual([]);
    }),
    { numRuns: 100 },
  );
  rmSync(folder, { recursive: true });
});
