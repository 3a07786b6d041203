import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Position } from '@bestendig/event-store';
import type { ClientBase } from 'pg';
import { codedCopyError, damaged, type Numbered } from './log-copy-files';
import type { Point } from './rebuild-plan';

/** Placements are divided over so many files while the log is read, by their first bits. */
export const BUCKETS = 64;

/** How far a copy is. Beside it, and replaced as a whole: what it does not tell of is not there. */
export type LogCopyState = Point & {
  readonly copiedTo: Position | null;
  readonly isCopied: boolean;
  readonly events: number;
  /** Bytes of each file. */
  readonly buckets: readonly number[];
  /** Names of placements, and who they are or were of. */
  readonly lists: readonly number[];
  readonly dividedBuckets: number;
  /** Of each part of the plan. Empty until the plan is made. */
  readonly parts: readonly number[];
};

export const bucketsIn = (folder: string): Numbered => ({ folder, name: 'bucket' });
export const listsIn = (folder: string): Numbered => ({ folder, name: 'list' });
export const partsIn = (folder: string): Numbered => ({ folder, name: 'part' });
export const [PLACEMENTS, CANDIDATES] = [0, 1] as const;

const STATE = 'state.json';

/** @throws LogCopyError `logCopyDamaged` where it cannot be read */
export function readCopyState(folder: string): LogCopyState {
  try {
    return JSON.parse(readFileSync(join(folder, STATE), 'utf8')) as LogCopyState;
  } catch (error) {
    throw damaged('what it says of itself cannot be read', error);
  }
}

export function writeCopyState(folder: string, state: LogCopyState): void {
  writeFileSync(join(folder, `${STATE}.new`), JSON.stringify(state));
  renameSync(join(folder, `${STATE}.new`), join(folder, STATE));
}

/**
 * The copy of one build, in a folder whose name stands in the build's own schema. Who goes on with it renames the folder
 * first, so that no two ever write in one.
 */
export class LogCopies {
  private opened: string | null = null;

  constructor(
    private readonly client: ClientBase,
    private readonly root: string,
    private readonly set: string,
  ) {}

  /** The build's copy as far as it is, or a new one up to that point. Returns its folder. */
  async open(schema: string, point: () => Promise<Point | null>): Promise<string | null> {
    const left = await recordedCopy(this.client, schema);
    if (left !== null) {
      const folder = this.newFolder(await this.prefix());
      if (moved(left, folder)) {
        await this.record(schema, folder);
        return folder;
      }
      // On another disk, where REBUILD_FOLDER was set otherwise.
      removeCopy(left);
    }
    const upTo = await point();
    if (upTo === null) return null;
    const folder = this.newFolder(await this.prefix());
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeCopyState(folder, begun(upTo));
    } catch (error) {
      throw codedCopyError(error);
    }
    await this.record(schema, folder);
    return folder;
  }

  /** Removes copies of this set that no build knows any more: of rebuilds that were cancelled, or killed before they wrote the name down. */
  async sweep(schemas: readonly string[]): Promise<void> {
    const known = new Set(await Promise.all(schemas.map((schema) => recordedCopy(this.client, schema))));
    const prefix = await this.prefix();
    for (const name of namesIn(this.root))
      if (name.startsWith(prefix) && !known.has(join(this.root, name))) removeCopy(join(this.root, name));
  }

  /** Of the copy that was opened last. */
  remove(): void {
    if (this.opened !== null) removeCopy(this.opened);
  }

  private async record(schema: string, folder: string): Promise<void> {
    this.opened = folder;
    await this.client.query(`create table if not exists ${schema}.rebuild_copy (folder text not null)`);
    await this.client.query(
      `with gone as (delete from ${schema}.rebuild_copy) insert into ${schema}.rebuild_copy values ($1)`,
      [folder],
    );
  }

  private newFolder(prefix: string): string {
    return join(this.root, `${prefix}${randomUUID()}`);
  }

  /** Of this database and this set: others may use the folder too. */
  private async prefix(): Promise<string> {
    const { rows } = await this.client.query<{ name: string }>(
      `select system_identifier || '-' || (select oid from pg_database where datname = current_database()) as name from pg_control_system()`,
    );
    return `bestendig-rebuild-${rows[0]?.name}-${this.set.replaceAll(/[^a-z0-9]/gi, '_')}-`;
  }
}

/** Where the copy of a build is, or was; null where none was made. */
export async function recordedCopy(client: ClientBase, schema: string): Promise<string | null> {
  const { rows: made } = await client.query(`select from pg_class where oid = to_regclass('${schema}.rebuild_copy')`);
  if (made.length === 0) return null;
  const { rows } = await client.query<{ folder: string }>(`select folder from ${schema}.rebuild_copy`);
  return rows[0]?.folder ?? null;
}

/** What cannot be removed now is removed at the next rebuild. */
export function removeCopy(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Somebody else's, or on a disk that is away.
  }
}

const begun = (point: Point): LogCopyState => ({
  ...point,
  copiedTo: null,
  isCopied: false,
  events: 0,
  buckets: new Array<number>(BUCKETS).fill(0),
  lists: [0, 0],
  dividedBuckets: 0,
  parts: [],
});

/** False where it is not there: on another machine, or removed. */
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function namesIn(root: string): readonly string[] {
  try {
    return readdirSync(root);
  } catch {
    return [];
  }
}
