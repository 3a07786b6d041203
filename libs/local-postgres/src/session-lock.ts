import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

/** A PostgreSQL session kept open for the sake of a lock that it holds: the lock dies with the process. */
export type SessionLock = {
  /** The session, for statements that belong to the lock. Not to be ended by the caller. */
  readonly session: () => Client;
  /** Gives the session back, still open and still holding the lock; nothing is watched any more. */
  release(): Client;
};

/**
 * Holds the lock that `take` takes, and takes it again when the session breaks (a server that restarts after a crash of
 * one of its processes breaks every session). `onLost` is told when that fails for RETAKE_MS_MAX.
 */
export async function holdSessionLock(take: () => Promise<Client>, onLost: (reason: Error) => void): Promise<SessionLock> {
  let released = false;
  let current = await take();
  const watch = (session: Client) => {
    let broken = false;
    const onBreak = () => {
      if (broken || released) return;
      broken = true;
      void retake();
    };
    session.on('error', onBreak);
    session.on('end', onBreak);
  };
  const retake = async () => {
    const until = Date.now() + RETAKE_MS_MAX;
    let reason: unknown;
    while (!released && Date.now() < until) {
      try {
        const session = await take();
        if (released) return void session.end().catch(() => undefined);
        current = session;
        return watch(session);
      } catch (error) {
        reason = error;
        await sleep(RETAKE_PAUSE_MS, undefined, { ref: false });
      }
    }
    if (!released) onLost(reason instanceof Error ? reason : new Error(String(reason)));
  };
  watch(current);
  return {
    session: () => current,
    release: () => {
      released = true;
      // The session may still break while its last statements run: an error nobody listens to would end the process.
      current.on('error', () => undefined);
      return current;
    },
  };
}

const RETAKE_MS_MAX = 60_000;
const RETAKE_PAUSE_MS = 200;
