import fc from 'fast-check';
import { createMemoryEventStore, type EventStore, type Page, type Position } from '@bestendig/event-store';
import type { HrFact } from './hr-fact';
import { keyId } from './keys';
import { mendLink } from './mend-link';
import { messageNow } from './message-now';
import { MisdirectedFacts } from './move-misdirected-facts';
import type { FactOutcome } from './outcomes';
import { recordHrFacts } from './record-hr-facts';
import { contractEnded, contractSigned, message, registered, SECRET, SOURCE } from './testing/messages';
import { verdictChanges, type VerdictChange } from './verdict-changes';

const placementOf = (key: string): string => keyId(SECRET, 'placement', SOURCE, key);
const isDelivered = (origin: string): boolean => origin.startsWith('http:');

let store: EventStore;
beforeEach(() => {
  store = createMemoryEventStore();
});
afterEach(() => store.close());

const record = (...facts: readonly HrFact[]) => recordHrFacts(store, SECRET, facts);
const mend = (key: string, placementId: string, n: number) =>
  mendLink(store, SECRET, {
    ...{ source: SOURCE, key, placementId, reason: 'duplicateRegistration', at: '2024-06-01T08:00:00.000000Z' },
    ...{ caller: { actor: 'petra', organisation: 'local' }, idempotencyKey: `mend-${n}` },
  });

/** The reaction over the whole log, as after a lost checkpoint. */
async function react(): Promise<void> {
  const reaction = new MisdirectedFacts(store);
  for (const event of (await store.readAll(null, { limit: 1000 })).events) await reaction.handle(event);
}

/** All changes, asked about in pages of these sizes, the last one again and again. */
async function changesIn(sizes: readonly number[]): Promise<readonly VerdictChange[]> {
  const { events } = await store.readAll(null, { limit: 1000, filter: { categories: ['placement'] } });
  const changes: VerdictChange[] = [];
  for (let at = 0, n = 0; at < events.length; n += 1) {
    const size = sizes[Math.min(n, sizes.length - 1)] ?? 1;
    changes.push(...(await verdictChanges(store, events.slice(at, at + size), isDelivered)));
    at += size;
  }
  return changes;
}

const told = (changes: readonly VerdictChange[]) => changes.map(({ messageId, verdict, reason }) => [messageId, verdict, reason]);

test('a fact that was parked and stands now, and one that was corrected, are told once', async () => {
  await record(contractSigned('job-1'));
  await record(registered('job-1', 'anna'));
  await record(message('FactRetracted', 'job-1', { effectiveDate: '2023-03-01', retracts: { source: SOURCE, messageId: 'ContractSigned-job-1' }, reason: 'recordedInError' }));
  expect(told(await changesIn([1]))).toEqual([
    ['ContractSigned-job-1', 'stands', null],
    ['ContractSigned-job-1', 'retracted', null],
  ]);
});

test('a fact that moved with its link is told as it counts where it is now', async () => {
  await record(registered('job-1', 'anna'), contractSigned('job-1b'));
  await mend('job-1b', placementOf('job-1'), 1);
  await react();
  const [change, ...more] = await changesIn([1]);
  expect(more).toEqual([]);
  expect(change).toMatchObject({ origin: 'http:first#ContractSigned-job-1b', verdict: 'stands', placementId: placementOf('job-1') });
  await record(contractEnded('job-1', { messageId: 'E', reportedAt: null }), message('FactRetracted', 'job-1', { effectiveDate: '2023-03-01', retracts: { source: SOURCE, messageId: 'ContractSigned-job-1b' }, reason: 'recordedInError' }));
  expect(told(await changesIn([100])).slice(1)).toEqual([['ContractSigned-job-1b', 'retracted', null]]);
});

test('a fact that moved away and came back is told as it counts, also of what comes later', async () => {
  await record(registered('job-1', 'berta'), contractSigned('job-1b'));
  await mend('job-1b', placementOf('job-1'), 1);
  await react();
  await mend('job-1b', placementOf('job-1b'), 2);
  await react();
  await record(registered('job-1b', 'anna'));
  const last = (await changesIn([1])).at(-1);
  expect(last).toMatchObject({ messageId: 'ContractSigned-job-1b', verdict: 'stands', placementId: placementOf('job-1b') });
});

test('what other doors delivered is not told', async () => {
  await record(contractSigned('job-1'), registered('job-1', 'anna'));
  const { events } = await store.readAll(null, {});
  expect(await verdictChanges(store, events, () => false)).toEqual([]);
});

const JOBS = ['job-1', 'job-1b', 'job-2'];
type Step = { readonly kind: 'registered' | 'signed' | 'ended' | 'retract' | 'mend'; readonly job: string; readonly id: number; readonly reportedAt: string | null };
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind'][]>('registered', 'signed', 'signed', 'ended', 'retract', 'mend'),
    job: fc.constantFrom(...JOBS),
    id: fc.integer({ min: 1, max: 3 }),
    reportedAt: fc.constantFrom('2024-01-01T08:00:00.000000Z', '2024-02-01T08:00:00.000000Z', null),
  }),
  { maxLength: 16 },
);

function factOf({ kind, job, id, reportedAt }: Step, index: number): HrFact {
  const over = { origin: `http:d#${index}`, messageId: `${kind}-${job}-${id}`, reportedAt };
  if (kind === 'registered') return registered(job, 'anna', over);
  if (kind === 'signed') return contractSigned(job, over);
  if (kind === 'ended') return contractEnded(job, over);
  return message('FactRetracted', job, { effectiveDate: '2023-03-01', retracts: { source: SOURCE, messageId: `signed-${job}-${id}` }, reason: 'recordedInError' }, over);
}

/** `told`: what was told step by step, when no more was known yet. */
async function play(given: readonly Step[], told: VerdictChange[]): Promise<readonly FactOutcome[]> {
  const outcomes: FactOutcome[] = [];
  let from: Position | null = null;
  const follow = async (): Promise<void> => {
    const page: Page = await store.readAll(from, { limit: 1000, filter: { categories: ['placement'] } });
    from = page.next ?? from;
    told.push(...(await verdictChanges(store, page.events, isDelivered)));
  };
  for (const [index, step] of given.entries()) {
    await follow();
    if (step.kind !== 'mend') outcomes.push(...(await record(factOf(step, index))));
    else if (step.job !== 'job-2') {
      await mend(step.job, placementOf(step.id === 1 ? 'job-2' : step.job), index).catch(() => undefined);
      await react();
    }
  }
  await react();
  await follow();
  return outcomes;
}

test('first outcome and changes, in order, say what counts now; whatever the pages', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), async (given, sizes) => {
      await store.close();
      store = createMemoryEventStore();
      const toldThen: VerdictChange[] = [];
      const outcomes = await play(given, toldThen);
      const changes = await changesIn(sizes);
      const oneByOne = await changesIn([1]);
      const byName = (list: readonly VerdictChange[]) => new Map(list.map((change) => [`${change.origin} ${change.at}`, change]));
      expect(byName(changes)).toEqual(byName(oneByOne));
      expect(byName(toldThen)).toEqual(byName(oneByOne));
      for (const { origin, outcome, reason, placementId, eventIds } of outcomes) {
        if (outcome !== 'accepted' && outcome !== 'parked') continue;
        const last = changes.filter((change) => change.origin === origin).sort((a, b) => (a.at < b.at ? -1 : 1)).at(-1); // prettier-ignore
        const now = (await messageNow(store, placementId ?? '', eventIds)).facts[0];
        const first = outcome === 'parked' ? ['parked', reason] : [reason ?? 'stands', null];
        expect(last === undefined ? first : [last.verdict, last.reason]).toEqual([now?.verdict, now?.reason]);
      }
    }),
    { numRuns: 150 },
  );
});
