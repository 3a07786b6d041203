import { isConnectionLost, isUnavailable, reasonOf } from '.';

const failed = (message: string, code?: string): Error => Object.assign(new Error(message), code === undefined ? {} : { code });

test.each([
  ['a server that refuses', failed('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED')],
  ['a name that is not found', failed('getaddrinfo ENOTFOUND db', 'ENOTFOUND')],
  ['a name server that is away', failed('getaddrinfo EAI_AGAIN db', 'EAI_AGAIN')],
  ['a server that was told to stop', failed('terminating connection due to administrator command', '57P01')],
  ['a server that starts', failed('the database system is starting up', '57P03')],
  ['a connection cut under a statement', failed('Connection terminated unexpectedly')],
  ['a connection that was cut before', failed('Client has encountered a connection error and is not queryable')],
  ['several addresses tried in vain', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })],
])('%s is a lost connection, and another try may mend it', (_, error) => {
  expect([isConnectionLost(error), isUnavailable(error)]).toEqual([true, true]);
});

test.each([
  ['a full disk', failed('could not extend file', '53100')],
  ['too many connections', failed('sorry, too many clients already', '53300')],
  ['a deadlock', failed('deadlock detected', '40P01')],
])('%s leaves the connection, and another try may mend it', (_, error) => {
  expect([isConnectionLost(error), isUnavailable(error)]).toEqual([false, true]);
});

test.each([
  ['a broken rule', failed('duplicate key', '23505')],
  ['a wrong password', failed('password authentication failed', '28P01')],
  ['a defect', new TypeError('x is not a function')],
  ['nothing', null],
])('%s stays what it is', (_, error) => {
  expect([isConnectionLost(error), isUnavailable(error)]).toEqual([false, false]);
});

test('the reason is in words, or the code where there are none', () => {
  expect(reasonOf(failed('too many clients', '53300'))).toBe('too many clients');
  expect(reasonOf(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  expect(reasonOf('cut')).toBe('cut');
});
