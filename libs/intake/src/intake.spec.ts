import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { openIntake, type DeliveryRow, type Intake } from '.';

const SOURCE = 'urn:nld:oin:00000001003214345000:systeem:hr';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let database: TestDatabase;
let intake: Intake;
beforeEach(async () => {
  database = await createTestDatabase();
  intake = await openIntake(database.url);
});
afterEach(async () => {
  await intake.close();
  await database.drop();
});

function row(origin: string, given: Partial<DeliveryRow> = {}): DeliveryRow {
  return {
    origin, source: SOURCE, messageId: `m-${origin}`, outcome: 'accepted', reason: null, fields: [], digest: sha256(origin),
    placementId: '00000000-0000-4000-8000-000000000001', eventIds: ['00000000-0000-5000-8000-00000000000a'], recordedAt: '2025-06-02T08:30:00.123456Z', ...given,
  }; // prettier-ignore
}
const refused = (origin: string, given: Partial<DeliveryRow> = {}): DeliveryRow =>
  row(origin, { outcome: 'refused', reason: 'invalid', fields: ['/data/form', '/data/inleners/0/share'], placementId: null, eventIds: [], recordedAt: null, ...given });

test('a row comes back as it was given', async () => {
  const rows = [row('http:a#0', { eventIds: [randomUUID(), randomUUID()] }), refused('http:a#1', { digest: null })];
  expect(await intake.record(rows)).toBe(2);
  const read = await intake.byOrigins(rows.map(({ origin }) => origin));
  const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  const inOrder = [...read].sort((a, b) => a.origin.localeCompare(b.origin));
  expect(inOrder).toEqual(rows.map((given, i) => ({ ...given, seen: String(i + 1), receivedAt: instant })));
});

test('of one origin the first outcome stays, also within one call', async () => {
  expect(await intake.record([row('file:f#1'), row('file:f#1', { outcome: 'parked' })])).toBe(1);
  expect(await intake.record([row('file:f#1', { outcome: 'duplicate' }), row('file:f#2')])).toBe(1);
  expect(await intake.byOrigins(['file:f#1', 'file:f#9'])).toMatchObject([{ origin: 'file:f#1', outcome: 'accepted' }]);
});

test('what happened to one message: what decided first, also where its row was written last', async () => {
  const messageId = 'm-1';
  await intake.record([refused('http:a#0', { messageId })]);
  await intake.record([row('http:c#0', { messageId, outcome: 'duplicate' })]);
  await intake.record([row('http:b#0', { messageId }), row('http:d#0', { messageId, source: 'urn:nld:oin:00000001003214345000:systeem:other' })]);
  const { first, all } = await intake.byMessage(SOURCE, messageId);
  expect(first?.origin).toBe('http:a#0');
  expect(all.map(({ origin }) => origin)).toEqual(['http:a#0', 'http:b#0', 'http:c#0']);
  expect(await intake.byMessage(SOURCE, 'm-2')).toEqual({ first: null, all: [] });
});

test('of a message that may hold a BSN the table takes no source, id or event', async () => {
  const kept = { reason: 'mayHoldBsn', source: null, messageId: null, fields: ['/data/employment'] };
  await expect(intake.record([refused('http:a#0', { ...kept, messageId: 'm' })])).rejects.toThrow('no_copy_of_what_may_hold_a_bsn');
  await expect(intake.record([refused('http:a#0', { ...kept, source: SOURCE })])).rejects.toThrow('no_copy_of_what_may_hold_a_bsn');
  expect(await intake.record([refused('http:a#0', kept)])).toBe(1);
});

test('counts by source, day, outcome and reason', async () => {
  await intake.record([row('http:a#0'), row('http:a#1'), row('http:a#2', { outcome: 'parked', reason: 'notRegistered' }), refused('http:a#3', { source: null, messageId: null, reason: 'mayHoldBsn' })]);
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam' }).format(new Date());
  expect(await intake.counts()).toEqual([
    { source: SOURCE, day, outcome: 'accepted', reason: null, count: 2 },
    { source: SOURCE, day, outcome: 'parked', reason: 'notRegistered', count: 1 },
    { source: null, day, outcome: 'refused', reason: 'mayHoldBsn', count: 1 },
  ]);
  expect(await intake.counts({ from: '2100-01-01T00:00:00.000000Z' })).toEqual([]);
  expect(await intake.counts({ until: '2020-01-01T00:00:00.000000Z' })).toEqual([]);
});

test('the list goes from new to old, in pages, and filters', async () => {
  await intake.record([...Array.from({ length: 25 }, (_, i) => row(`http:a#${i}`)), refused('http:b#0')]);
  const first = await intake.list({ limit: 10 });
  const second = await intake.list({ limit: 10, before: first.at(-1)?.seen ?? '' });
  expect([...first, ...second].map(({ origin }) => origin)).toEqual(['http:b#0', ...Array.from({ length: 19 }, (_, i) => `http:a#${24 - i}`)]);
  expect((await intake.list({ limit: 10, outcome: 'refused', source: SOURCE, reason: 'invalid' })).map(({ origin }) => origin)).toEqual(['http:b#0']);
});

test('writers of the same rows in different orders get all rows in once, without a deadlock', async () => {
  const rows = Array.from({ length: 600 }, (_, i) => row(`file:f#${i}`));
  const writers = Array.from({ length: 4 }, (_, i) => [...rows].sort(() => (i % 2 === 0 ? -1 : 1)));
  const added = await Promise.all(writers.map((own) => intake.record(own)));
  expect(added.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
});

test('opening at once from several places migrates once, and a first outcome is never changed', async () => {
  const fresh = await createTestDatabase();
  const opened = await Promise.all([openIntake(fresh.url), openIntake(fresh.url), openIntake(fresh.url)]);
  await opened[0]?.record([row('http:a#0')]);
  const client = new Client({ connectionString: fresh.url });
  await client.connect();
  await expect(client.query(`update intake.delivery set outcome = 'refused'`)).rejects.toThrow('never changed');
  await client.end();
  await Promise.all(opened.map((one) => one.close()));
  await fresh.drop();
});

test('thousands of rows go in with one call', async () => {
  const rows = Array.from({ length: 2_500 }, (_, i) => row(`file:${'f'.repeat(64)}#${i + 2}`, { messageId: randomUUID(), eventIds: [randomUUID()] }));
  expect(await intake.record([...rows].reverse())).toBe(rows.length);
  const newest = await intake.list({ limit: 1 });
  expect(newest).toMatchObject([{ seen: '2500' }]);
});
