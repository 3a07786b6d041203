import { EventStoreError } from '@bestendig/event-store';
import { failureOf } from './create-api';
import { problemOf } from './problem.filter';

const away = [
  new EventStoreError('unavailable', 'The store cannot be reached.'),
  new Error('Connection terminated unexpectedly'),
  new Error('timeout exceeded when trying to connect'),
  new Error('the connection that holds the right to run reactions was lost'),
  Object.assign(new Error('the database system is starting up'), { code: '57P03' }),
  Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
];

test.each(away.map((error) => [error.message, error] as const))('a PostgreSQL that is away is 503, and told to whoever runs it as what it is: %s', (_, error) => {
  expect(problemOf(error).code).toBe('unavailable');
  expect(failureOf('reactions', error)).toBe('A store cannot be reached now. What follows from recorded facts (reactions) waits, and goes on by itself.');
});

test('any other failure is a defect, told by its name and never by what it says', () => {
  for (const error of [new RangeError('P-1 at a connection'), Object.assign(new Error('P-1: connection lost'), { code: '22P02' })]) {
    expect(problemOf(error).code).toBe('internal');
    expect(failureOf('fillIntake', error)).toBe(`A defect (${error.name}) in what follows from recorded facts (fillIntake). It is tried again.`);
  }
});
