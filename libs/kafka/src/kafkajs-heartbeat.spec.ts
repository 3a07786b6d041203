import { beat, HEARTBEAT_MS, SESSION_MS } from './kafkajs-heartbeat';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A heart that answers as told, and what it led to. */
function beating(answer: () => Promise<void>) {
  const told: string[] = [];
  const heartbeat = beat(answer, {
    answered: () => void told.push('answered'),
    silent: () => void told.push('silent'),
  });
  return { told, heartbeat };
}

const ofGroup = Object.assign(new Error('rebalancing'), { type: 'REBALANCE_IN_PROGRESS' });

test('a group that is to be joined again says so, and what it said is kept', async () => {
  const { told, heartbeat } = beating(() => Promise.reject(ofGroup));
  await jest.advanceTimersByTimeAsync(HEARTBEAT_MS);
  expect(told).toEqual(['answered']);
  expect(heartbeat.toJoinAgain()).toBe(ofGroup);
  heartbeat.stop();
  await jest.advanceTimersByTimeAsync(SESSION_MS);
  expect(told).toEqual(['answered']);
});

test('a broker that is away for less than a session takes nothing from us', async () => {
  let isAway = true;
  const { told, heartbeat } = beating(() => (isAway ? Promise.reject(new Error('closed')) : Promise.resolve()));
  await jest.advanceTimersByTimeAsync(SESSION_MS - 1);
  isAway = false;
  await jest.advanceTimersByTimeAsync(HEARTBEAT_MS);
  isAway = true;
  await jest.advanceTimersByTimeAsync(SESSION_MS - HEARTBEAT_MS);
  expect(told).toEqual([]);
  await jest.advanceTimersByTimeAsync(2 * HEARTBEAT_MS);
  expect(told[0]).toBe('silent');
  expect(heartbeat.toJoinAgain()).toBeNull();
  heartbeat.stop();
});
