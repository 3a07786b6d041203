import fc from 'fast-check';
import { randomLogs, type LoggedEvent } from '../../read-models/random-logs';

/** One log made of several random ones, each with persons of its own. */
export function manyPlacements(logs: number, seed = 7): readonly LoggedEvent[] {
  return fc
    .sample(randomLogs, { seed, numRuns: logs })
    .flatMap((log, n) => JSON.parse(JSON.stringify(log).replaceAll('-0000-4000-', `-${String(n).padStart(4, '0')}-4000-`)) as readonly LoggedEvent[])
    .sort((a, b) => (a.event.recordedAt < b.event.recordedAt ? -1 : Number(a.event.recordedAt > b.event.recordedAt)));
}
