import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

/** A PostgreSQL session kept open for the sake of a lock that it holds: the lock dies with the process. */
export type SessionLock = {
  /** The session, for statements that belong to the lock. Not to be ended by the caller. */
  readonly session: () => Client;
  /** Gives the session back, still holding the lock unless it is broken; nothing is watched any more. */
  release(): Promise<Client>;
};

export type Outage = 'away' | 'back';

/**
 * Holds the lock that `take` takes, and takes it again when the session breaks (a server that restarts after a crash of
 * one of its processes breaks every session). `onLost` is told when that fails for RETAKE_MS_MAX. `take` is told when it
 * need not go on, because the lock is not wanted any more. `onOutage` is told when the session broke and when there is another.
 */
export async function holdSessionLock(take: (released: () => boolean) => Promise<Client>, onLost: (reason: Error) => void, onOutage: (now: Outage) => void = () => undefined): Promise<SessionLock> {
  let released = false;
  let retaking: Promise<void> = Promise.resolve();
  const takeIt = () => take(() => released);
  let current = await takeIt();
  const watch = (session: Client) => {
    let broken = false;
    const onBreak = () => {
      if (broken || released) return;
      broken = true;
      onOutage('away');
      retaking = retake();
    };
    session.on('error', onBreak);
    session.on('end', onBreak);
  };
  const retake = async () => {
    const until = performance.now() + RETAKE_MS_MAX;
    let reason: unknown;
    while (!released && performance.now() < until) {
      try {
        current = await takeIt();
        if (!released) onOutage('back');
        return watch(current);
      } catch (error) {
        reason = error;
        await sleep(RETAKE_PAUSE_MS);
      }
    }
    if (!released) onLost(reason instanceof Error ? reason : new Error(String(reason)));
  };
  watch(current);
  return {
    session: () => current,
    release: async () => {
      released = true;
      // One that is just being taken comes too late to be left behind.
      await retaking;
      // The session may still break while its last statements run: an error nobody listens to would end the process.
      current.on('error', () => undefined);
      return current;
    },
  };
}

const RETAKE_MS_MAX = 60_000;
const RETAKE_PAUSE_MS = 200;
