import { publisherSettings } from './settings';

const NEEDED = { DATABASE_URL: 'postgres://db', KAFKA_BROKERS: 'kafka:9092' };

test('what is needed alone gives defaults; what is empty counts as not set', () => {
  const settings = publisherSettings({ ...NEEDED, PLACEMENTS_TOPIC: '', BESTENDIG_SOURCE: '' });
  expect(settings).toMatchObject({
    placementsTopic: 'bestendig.placements.v1',
    stateTopic: 'bestendig.placement-state.v1',
    partitions: 6,
    ownSource: `urn:nld:oin:${'0'.repeat(20)}:systeem:bestendig`,
    eventStoreDb: null,
  });
});

test('all can be chosen', () => {
  const chosen = {
    PLACEMENTS_TOPIC: 'a',
    PLACEMENT_STATE_TOPIC: 'b',
    TOPIC_PARTITIONS: '12',
    BESTENDIG_SOURCE: 'urn:nld:oin:00000009000000000000:systeem:ours',
  };
  expect(publisherSettings({ ...NEEDED, ...chosen })).toMatchObject({
    placementsTopic: 'a',
    stateTopic: 'b',
    partitions: 12,
    ownSource: chosen.BESTENDIG_SOURCE,
  });
});

test('all that is wrong is told at once, without its value', () => {
  const wrong = {
    KAFKA_BROKERS: 'kafka:9092',
    PLACEMENTS_TOPIC: 'no topic',
    PLACEMENT_STATE_TOPIC: 'no topic',
    TOPIC_PARTITIONS: 'many',
    BESTENDIG_SOURCE: 'https://us',
  };
  const said = messageOf(() => publisherSettings(wrong));
  for (const name of [
    'DATABASE_URL',
    'PLACEMENTS_TOPIC',
    'PLACEMENT_STATE_TOPIC',
    'TOPIC_PARTITIONS',
    'BESTENDIG_SOURCE',
    'two topics',
  ])
    expect(said).toContain(name);
  for (const value of ['no topic', 'many', 'https']) expect(said).not.toContain(value);
});

test('brokers are needed', () => {
  expect(messageOf(() => publisherSettings({ DATABASE_URL: 'postgres://db' }))).toContain('KAFKA_BROKERS');
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
}
