import { chmodSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClockEnvironment } from './built';

const LIBRARIES = '/usr/lib';

/** Debian's library by which a process sees another time; null where it is not installed. */
function faketimeLibrary(): string | null {
  const folders = existsSync(LIBRARIES) ? readdirSync(LIBRARIES).filter((name) => name.includes('-linux-')) : [];
  return (
    folders.map((name) => join(LIBRARIES, name, 'faketime/libfaketimeMT.so.1')).find((file) => existsSync(file)) ?? null
  );
}

const library = faketimeLibrary();
export const NO_FAKETIME: string | null = library === null ? 'it needs libfaketime (apt-get install faketime)' : null;

/** Where the library puts what it shares, named by the process. */
const SHARED = '/dev/shm';

/**
 * Takes away what processes that were killed left there: a later one that gets the same number, and is another user's, may
 * not open it, and ends.
 */
export function sweepShared(): void {
  for (const name of readdirSync(SHARED)) {
    const process = /^(?:sem\.)?faketime_(?:shm|sem)_(\d+)$/.exec(name)?.[1];
    if (process === undefined || existsSync(`/proc/${process}`)) continue;
    try {
      rmSync(join(SHARED, name), { force: true });
    } catch {
      // Another user's, which only that user may take away.
    }
  }
}

/**
 * The wall clock of whatever process is started with its environment, and of all that this one starts: node, its threads,
 * PostgreSQL. It is set while they run. What counts seconds since a machine was started (CLOCK_MONOTONIC) goes on as it
 * does where somebody sets a machine's clock.
 */
export class JumpingClock {
  readonly environment: ClockEnvironment;
  private readonly file: string;

  constructor(folder: string, name: string) {
    this.file = join(folder, `${name}.clock`);
    this.set(0);
    this.environment = {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }

  /** So many seconds ahead of the machine's clock; below zero: behind. */
  set(seconds: number): void {
    // As a whole: who reads it at any moment finds the one or the other.
    writeFileSync(`${this.file}.next`, `${seconds < 0 ? '-' : '+'}${Math.abs(Math.round(seconds))}`);
    // PostgreSQL may run as another user.
    chmodSync(`${this.file}.next`, 0o644);
    renameSync(`${this.file}.next`, this.file);
  }
}
