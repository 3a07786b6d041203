import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, fstatSync, mkdtempSync, openSync, rmSync, symlinkSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initCluster, startCluster, stopCluster, type Cluster } from '@bestendig/local-postgres';

const MIB = 1024 * 1024;

/** A file system of so many MiB, in memory: who writes to it is told what any disk says that is full. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Null where this process may not mount one. */
  static mount(mebibytes: number): SmallDisk | null {
    const folder = mkdtempSync(join(tmpdir(), 'bestendig-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0711`, 'bestendig-disk', folder], { stdio: 'ignore' });
    } catch {
      rmSync(folder, { recursive: true });
      return null;
    }
    return new SmallDisk(folder);
  }

  static isAllowed(): boolean {
    const disk = SmallDisk.mount(1);
    disk?.unmount();
    return disk !== null;
  }

  /** Takes all the room there is, but for so many bytes. */
  fill(leftBytes = 0): void {
    const file = openSync(this.filler, 'a');
    try {
      for (const chunk = Buffer.alloc(MIB); ; ) writeSync(file, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      if (leftBytes > 0) truncateSync(this.filler, fstatSync(file).size - leftBytes);
    } finally {
      closeSync(file);
    }
  }

  makeRoom(): void {
    rmSync(this.filler, { force: true });
  }

  unmount(): void {
    // Lazily: a process that is just ending may still stand in it.
    execFileSync('umount', ['-l', this.folder]);
    rmSync(this.folder, { recursive: true });
  }

  private get filler(): string {
    return join(this.folder, 'filler');
  }
}

/** A server whose tables and indexes lie on the disk, and whose log (pg_wal) does not: where that one is full PostgreSQL stops. */
export class ServerOnDisk {
  private constructor(
    readonly cluster: Cluster,
    private readonly logFolder: string,
  ) {}

  static async start({ folder }: SmallDisk): Promise<ServerOnDisk> {
    const cluster = await initCluster(folder);
    const logFolder = mkdtempSync(join(tmpdir(), 'bestendig-wal-'));
    chmodSync(logFolder, 0o711);
    const [inData, outside] = [join(cluster.dataDir, 'pg_wal'), join(logFolder, 'pg_wal')];
    execFileSync('cp', ['-a', inData, outside]);
    rmSync(inData, { recursive: true });
    symlinkSync(outside, inData);
    await startCluster(cluster, { fsync: 'off' });
    return new ServerOnDisk(cluster, logFolder);
  }

  async stop(): Promise<void> {
    await stopCluster(this.cluster, 'immediate');
    rmSync(this.logFolder, { recursive: true });
  }
}

const mayMount = SmallDisk.isAllowed();
if (!mayMount)
  process.stderr.write(
    'NOT TESTED: what happens on a full disk. It needs a small file system of its own, and this process may not mount one. ' +
      'Run as root, or: unshare --mount --map-current-user --keep-caps npx jest test/reliability/full-disk\n',
  );
/** Skipped, aloud, where no small disk can be made. */
export const [describeOnDisk, testOnDisk] = mayMount ? [describe, test] : [describe.skip, test.skip];
