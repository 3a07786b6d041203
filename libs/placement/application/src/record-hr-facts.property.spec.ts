import fc from 'fast-check';
import { createMemoryEventStore, type EventStore } from '@bestendig/event-store';
import type { HrFact } from './hr-fact';
import type { FactOutcome } from './outcomes';
import { recordHrFacts } from './record-hr-facts';
import { contractEnded, contractSigned, registered, SECRET } from './testing/messages';

const JOBS = ['job-1', 'job-2', 'job-3'];

/** Deliveries of a few messages about a few jobs: many are sent again, some under an id with other content. */
const deliveries = fc
  .array(fc.record({ kind: fc.constantFrom('registered', 'signed', 'ended'), job: fc.constantFrom(...JOBS), id: fc.integer({ min: 1, max: 3 }), other: fc.boolean() }), { maxLength: 24 })
  .map((sent) =>
    sent.map(({ kind, job, id, other }, index): HrFact => {
      const over = { origin: `http:d#${index}`, messageId: `${kind}-${job}-${id}` };
      const fact = kind === 'registered' ? registered(job, 'anna', over) : kind === 'signed' ? contractSigned(job, over) : contractEnded(job, over);
      return other && id === 3 ? { ...fact, digest: `other ${fact.digest}` } : fact;
    }),
  );

async function inStore<T>(work: (store: EventStore) => Promise<T>): Promise<T> {
  const store = createMemoryEventStore();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const recordedIds = async (store: EventStore): Promise<readonly string[]> =>
  (await store.readAll(null, { limit: 1000 })).events.map((event) => `${event.stream} ${event.id}`).sort();

/** Every message is recorded by exactly one of its deliveries; the others repeat that, or are refused for other content. */
function check(facts: readonly HrFact[], outcomes: readonly FactOutcome[]): void {
  const byMessage = new Map<string, FactOutcome[]>();
  facts.forEach((fact, index) => {
    const outcome = outcomes[index];
    if (outcome !== undefined) byMessage.set(fact.messageId, [...(byMessage.get(fact.messageId) ?? []), outcome]);
  });
  for (const told of byMessage.values()) {
    const recorded = told.filter(({ outcome }) => outcome === 'accepted' || outcome === 'parked');
    expect(recorded).toHaveLength(1);
    for (const { outcome, reason, eventIds, first } of told) {
      if (outcome === 'duplicate') expect([eventIds, first]).toEqual([recorded[0]?.eventIds, { outcome: recorded[0]?.outcome, reason: recorded[0]?.reason }]);
      if (outcome === 'refused') expect(reason).toBe('idReusedWithOtherContent');
    }
  }
}

test('in one batch, one by one or all at once: the same events, each recorded by one delivery', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async (facts) => {
      const ways: ((store: EventStore) => Promise<readonly FactOutcome[]>)[] = [
        (store) => recordHrFacts(store, SECRET, facts),
        async (store) => {
          const outcomes: FactOutcome[] = [];
          for (const fact of facts) outcomes.push(...(await recordHrFacts(store, SECRET, [fact])));
          return outcomes;
        },
        async (store) => (await Promise.all(facts.map((fact) => recordHrFacts(store, SECRET, [fact])))).flat(),
      ];
      const stored = await Promise.all(
        ways.map((way) =>
          inStore(async (store) => {
            const outcomes = await way(store);
            check(facts, outcomes);
            // Sent again as it was, each delivery gets its first outcome again, and nothing is added.
            const ids = await recordedIds(store);
            const again = await recordHrFacts(store, SECRET, facts);
            expect(again.map(({ outcome, reason }) => [outcome, reason])).toEqual(outcomes.map(({ outcome, reason }) => [outcome, reason]));
            expect(await recordedIds(store)).toEqual(ids);
            return ids;
          }),
        ),
      );
      expect(stored[1]).toEqual(stored[0]);
      expect(stored[2]).toEqual(stored[0]);
    }),
    { numRuns: 60 },
  );
});
