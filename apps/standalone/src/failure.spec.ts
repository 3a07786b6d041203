import { EventStoreError } from '@bestendig/event-store';
import { LocalPostgresError } from '@bestendig/local-postgres';
import { StandaloneError } from './errors';
import { printFailure } from './failure';

test('an error is told with its code, once', () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  expect(printFailure(new StandaloneError('fileUnusable', 'x.csv cannot be read: it is a folder.'))).toBe(1);
  expect(printFailure(Object.assign(new Error('listen EADDRINUSE: address already in use'), { code: 'EADDRINUSE' }))).toBe(1);
  expect(said.mock.calls.map(([line]: readonly unknown[]) => line)).toEqual([
    'x.csv cannot be read: it is a folder. (fileUnusable)',
    'listen EADDRINUSE: address already in use',
    expect.stringContaining('set PORT'),
  ]);
});

test('a full disk is told as such, whoever met it', () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  said.mockClear();
  const full = Object.assign(new Error('could not extend file "base/5/16471"'), { code: '53100' });
  expect(printFailure(full)).toBe(1);
  expect(printFailure(new EventStoreError('unavailable', 'The event store is not available.', { cause: full }))).toBe(1);
  expect(printFailure(new LocalPostgresError('commandFailed', 'FATAL:  could not write lock file "postmaster.pid": No space left on device'))).toBe(1);
  expect(said.mock.calls).toEqual(Array(3).fill([expect.stringContaining('Make room and run the same command again')]));
});
