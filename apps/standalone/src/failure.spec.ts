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
