import { createMemoryEventStore } from '@bestendig/event-store';
import { readPlacement } from './history';
import { keyId } from './keys';
import { recordHrFacts } from './record-hr-facts';
import { contractSigned, message, registered, SECRET, SOURCE } from './testing/messages';

test('without a moment a placement is read by the policies of today, not by those of its last event', async () => {
  const store = createMemoryEventStore({ clock: () => BigInt(Date.parse('2025-12-20T10:00:00Z')) * 1000n });
  const placementId = keyId(SECRET, 'placement', SOURCE, 'job-1');
  // Code 32 is of the loonaangifte of 2026.
  await recordHrFacts(store, SECRET, [registered('job-1', 'anna'), contractSigned('job-1'), message('ContractEnded', 'job-1', { effectiveDate: '2023-12-31', endCode: '32' })]);
  const codes = async (knownAt?: string) => (await readPlacement(store, placementId, knownAt)).timeline.notices.map(({ code }) => code);
  expect(await codes()).toEqual(['endCodeOutsideItsDates']);
  const { knownAt } = await readPlacement(store, placementId);
  expect(knownAt).toBe('2025-12-20T10:00:00.000000Z');
  expect(await codes(knownAt)).toEqual(['endCodeUnlisted']);
  await store.close();
});
