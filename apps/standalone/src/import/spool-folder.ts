import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lives } from '@bestendig/local-postgres';

/** A folder for what a run keeps on disk while it runs. Those of processes that were killed are removed first. */
export function makeSpoolFolder(dataFolder: string): { readonly path: string; remove(): void } {
  const spools = join(dataFolder, 'spool');
  mkdirSync(spools, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(spools)) if (!lives(Number(name.split('-')[0]))) rmSync(join(spools, name), { recursive: true, force: true });
  const path = join(spools, `${process.pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(path, { mode: 0o700 });
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
