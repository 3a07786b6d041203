import { createMemoryEventStore, type Expected, type StreamWrite } from '@bestendig/event-store';
import fc from 'fast-check';
import { overlayLog } from './overlay-log';

const STREAMS = ['placement-a', 'placement-b'] as const;
const expectation = fc.oneof(fc.constantFrom<Expected>('NO_STREAM', 'EXISTS', 'ANY'), fc.integer({ min: 0, max: 5 }));
const writes = fc.array(fc.record({ stream: fc.constantFrom(...STREAMS), expected: expectation, events: fc.integer({ min: 1, max: 2 }) }), { maxLength: 8 });

const meta = {
  reportedAt: null, actor: 'a', onBehalfOf: null, organisation: 'o', source: 's', messageId: 'm', messageDigest: 'd'.repeat(64),
  origin: 'file:x#1', correlationId: 'c', causationId: null, keyId: null,
}; // prettier-ignore

/** Numbers the events, so that each is a new one. */
function numbered(asked: readonly { readonly stream: string; readonly expected: Expected; readonly events: number }[], from: number): readonly StreamWrite[] {
  let number = from;
  return asked.map(({ stream, expected, events }) => ({
    stream,
    expected,
    events: Array.from({ length: events }, () => ({ id: `00000000-0000-4000-8000-${String(number++).padStart(12, '0')}`, type: 'T', schemaVersion: 1, data: {}, meta })),
  }));
}

test('what is appended to the overlay reads, and conflicts, as if it had been appended to the base, which stays as it was', async () => {
  await fc.assert(
    fc.asyncProperty(writes, writes, async (first, second) => {
      const [base, whole, scratch] = [createMemoryEventStore(), createMemoryEventStore(), createMemoryEventStore()];
      for (const write of numbered(first, 0)) {
        await base.append([write]);
        await whole.append([write]);
      }
      const before = await base.readStreams(STREAMS);
      const overlay = overlayLog(base, scratch);
      const told = (results: Awaited<ReturnType<typeof overlay.append>>) =>
        results.map((result) => (result.outcome === 'appended' ? [result.outcome, result.revision, result.events.map(({ id, revision }) => [id, revision])] : result));
      for (const write of numbered(second, 100)) expect(told(await overlay.append([write]))).toEqual(told(await whole.append([write])));
      const ids = async (log: Pick<typeof overlay, 'readStreams'>) => [...(await log.readStreams(STREAMS))].map(([stream, events]) => [stream, events.map(({ id }) => id)]).sort();
      expect(await ids(overlay)).toEqual(await ids(whole));
      expect(await base.readStreams(STREAMS)).toEqual(before);
    }),
    { numRuns: 150 },
  );
});
