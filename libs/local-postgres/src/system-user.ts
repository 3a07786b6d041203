import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { run, type PostgresBinaries, type RunAs } from './binaries';
import { LocalPostgresError } from './errors';

/**
 * As whom PostgreSQL's programs run. Null: as this process, which is not root. Root hands over to the owner of an
 * existing data directory (made earlier by an ordinary user, say), else to the system user `postgres`.
 * @throws LocalPostgresError `noUser` where root has nobody to hand over to.
 */
export function systemUser(dataDir: string): RunAs {
  if (process.getuid === undefined || process.getuid() !== 0) return null;
  const owner = statSync(dataDir, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const idOf = (flag: '-u' | '-g') => Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    // No such user yet: it is made, once.
  }
  try {
    execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], { stdio: 'ignore' });
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    throw new LocalPostgresError('noUser', 'PostgreSQL does not run as root and the system user "postgres" cannot be made: run as another user, or set DATABASE_URL to your own PostgreSQL.');
  }
}

/**
 * Root can reach everything, the user it hands over to cannot: says so before a program fails with less clear words.
 * @throws LocalPostgresError `binariesNotUsable` or `folderNotUsable`.
 */
export async function checkReach(user: RunAs, binaries: PostgresBinaries, folder: string): Promise<void> {
  if (user === null) return;
  const can = (test: '-x' | '-d', path: string) =>
    run('/bin/sh', ['-c', `test ${test} "$0"`, path], user).then(
      () => true,
      () => false,
    );
  const advice = `Run as an ordinary user, or set DATABASE_URL to your own PostgreSQL.`;
  if (!(await can('-x', binaries.postgres)))
    throw new LocalPostgresError('binariesNotUsable', `As root, PostgreSQL runs as the user with id ${user.uid}, who cannot reach ${binaries.postgres}: install outside root's home (in /opt, say). ${advice}`);
  if (!(await can('-d', `${folder}/.`)))
    throw new LocalPostgresError('folderNotUsable', `As root, PostgreSQL runs as the user with id ${user.uid}, who cannot reach ${folder}: set BESTENDIG_DATA to a folder outside root's home (/var/lib/bestendig, say). ${advice}`);
}
