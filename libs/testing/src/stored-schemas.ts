import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { incompatibilities, type SchemaSet } from './schema-compatibility';

/**
 * A test that holds a contract against every version of it that was ever published, `<folder>/<number>.json`. Where the
 * contract has changed, `WRITE_SCHEMAS=1` stores it as the next version, if it gets on with all before.
 */
export function testStoredSchemas(folder: string, current: SchemaSet): void {
  const stored = existsSync(folder) ? readdirSync(folder).map((name) => Number(/^(\d+)\.json$/.exec(name)?.[1])) : [];
  const read = (version: number): SchemaSet => JSON.parse(readFileSync(join(folder, `${version}.json`), 'utf8')) as SchemaSet;
  const last = Math.max(0, ...stored);

  test('the contract gets on with every version that was published', () => {
    for (const version of stored) expect([version, ...incompatibilities(read(version), current)]).toEqual([version]);
  });

  test('the contract as it is now is stored', () => {
    const now = `${JSON.stringify(current, null, 1)}\n`;
    if (process.env['WRITE_SCHEMAS'] === '1' && (last === 0 || JSON.stringify(read(last)) !== JSON.stringify(current))) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${last + 1}.json`), now);
      return;
    }
    expect(JSON.parse(now)).toEqual(read(last));
  });
}
