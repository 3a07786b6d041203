import type { EventStore } from '@bestendig/event-store';
import type { ParkedReason, Verdict } from '@bestendig/placement-domain';
import { historyOf, readPlacement } from './history';
import { ApplicationError } from './errors';

/** What has become of a recorded message by now. */
export type MessageNow = {
  /** Where its facts are now: elsewhere than at first where its link was mended. */
  readonly placementId: string;
  readonly facts: readonly { readonly eventId: string; readonly verdict: Verdict['verdict']; readonly reason: ParkedReason | null }[];
};

/** Mends of one key that are followed; a link mended more often than this is a mistake in itself. */
const MOVES_MAX = 20;

/** Follows a message's events to where they are now and says what counts of them. */
export async function messageNow(store: EventStore, placementId: string, eventIds: readonly string[]): Promise<MessageNow> {
  let [at, ids] = [placementId, eventIds];
  for (let moves = 0; moves <= MOVES_MAX; moves += 1) {
    const own = historyOf(await readPlacement(store, at)).filter((entry) => ids.includes(entry.eventId));
    const moved = own.map((entry) => entry.movedTo).filter((to) => to !== null);
    const target = moved[0];
    if (target === undefined || moves === MOVES_MAX)
      return { placementId: at, facts: own.map(({ eventId, verdict }) => ({ eventId, verdict: verdict.verdict, reason: verdict.verdict === 'parked' ? verdict.reason : null })) };
    [at, ids] = [target.placementId, moved.map((to) => to.eventId)];
  }
  throw new ApplicationError('placementUnknown', 'The message cannot be followed.');
}
