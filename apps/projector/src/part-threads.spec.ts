import { EventStoreError } from '@bestendig/event-store';
import { received } from './part-threads';

test('what a thread could not do is what it was, so that whoever waits for a database waits', () => {
  const unavailable = { name: 'EventStoreError', code: 'unavailable', message: 'The event store is not available: terminating connection.' };
  expect(received(structuredClone(unavailable))).toBeInstanceOf(EventStoreError);
  expect(received(structuredClone(unavailable))).toMatchObject({ code: 'unavailable' });
  const stopping = received(structuredClone({ name: 'error', code: '57P01', message: 'terminating connection' }));
  expect(stopping).toBeInstanceOf(Error);
  expect(stopping).toMatchObject({ code: '57P01' });
  const defect = new TypeError('no such thing');
  expect(received(defect)).toBe(defect);
});
