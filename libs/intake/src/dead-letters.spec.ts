import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import { openIntake, REDRIVE_CYCLES_MAX, type DeadLetterRow, type Intake } from '.';

const SOURCE = 'urn:nld:oin:00000001003214345000:systeem:hr';

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

const letter = (n: number, over: Partial<DeadLetterRow> = {}): DeadLetterRow => ({
  ...{ origin: `kafka:facts/0#${n}`, topic: 'facts.DLT', partition: 0, offset: String(n), cycle: 0, code: 'invalid' },
  ...over,
});

async function written(...letters: readonly DeadLetterRow[]): Promise<void> {
  await intake.deadLetters.record(letters);
  await intake.record(
    letters.map(({ origin, code }) => ({
      ...{
        origin,
        source: SOURCE,
        messageId: origin,
        outcome: 'deadLetter',
        reason: code,
        fields: ['/data'],
        digest: null,
      },
      ...{ placementId: null, eventIds: [], recordedAt: null },
    })),
  );
}
const origins = (list: readonly { readonly origin: string }[]) => list.map(({ origin }) => origin);

test('a letter is listed with its message, newest first, in pages; of one origin the first row stays', async () => {
  await written(letter(1), letter(2));
  await written(letter(3, { code: 'notJson' }), letter(1, { offset: '9' }));
  const first = await intake.deadLetters.list({ limit: 2 });
  expect(first[0]).toMatchObject({
    ...letter(3),
    code: 'notJson',
    source: SOURCE,
    messageId: 'kafka:facts/0#3',
    state: 'open',
    askedAt: null,
    sentAt: null,
  });
  const rest = await intake.deadLetters.list({ limit: 9, ...(first[1] === undefined ? {} : { before: first[1] }) });
  expect(rest).toMatchObject([{ origin: 'kafka:facts/0#1', offset: '1' }]);
  expect(await intake.deadLetters.list({ limit: 9, source: 'urn:nld:oin:00000001003214345000:systeem:other' })).toEqual(
    [],
  );
  const [own, others] = ['urn:nld:oin:00000001003214345000:', 'urn:nld:oin:00000009999999999999:'];
  expect(await intake.deadLetters.list({ limit: 9, sourcePrefix: own })).toHaveLength(3);
  expect(await intake.deadLetters.list({ limit: 9, sourcePrefix: others })).toEqual([]);
  expect(await intake.deadLetters.ask({ by: 'petra', sourcePrefix: others })).toBe(0);
  expect(origins(await intake.deadLetters.byOrigins(['kafka:facts/0#2', 'kafka:facts/0#9']))).toEqual([
    'kafka:facts/0#2',
  ]);
});

test('asked once, sent once; what cannot be sent may be asked again', async () => {
  await written(letter(1), letter(2, { code: 'notJson' }), letter(3));
  expect(await intake.deadLetters.ask({ by: 'petra', code: 'invalid' })).toBe(2);
  expect(await intake.deadLetters.ask({ by: 'petra' })).toBe(1);
  expect(await intake.deadLetters.ask({ by: 'petra' })).toBe(0);
  expect(origins(await intake.deadLetters.asked(2))).toEqual(['kafka:facts/0#1', 'kafka:facts/0#3']);
  await intake.deadLetters.sent(['kafka:facts/0#1']);
  await intake.deadLetters.sent(['kafka:facts/0#3'], 'noLongerKept');
  expect(await intake.deadLetters.list({ limit: 9, state: 'sent' })).toMatchObject([
    { origin: 'kafka:facts/0#1', askedBy: 'petra', problem: null },
  ]);
  expect(await intake.deadLetters.list({ limit: 9, state: 'open' })).toMatchObject([
    { origin: 'kafka:facts/0#3', askedBy: null, problem: 'noLongerKept' },
  ]);
  expect(await intake.deadLetters.ask({ by: 'petra', origins: ['kafka:facts/0#1', 'kafka:facts/0#3'] })).toBe(1);
});

test('a letter that came back too often is not sent once more', async () => {
  await written(letter(1, { cycle: REDRIVE_CYCLES_MAX }));
  expect(await intake.deadLetters.ask({ by: 'petra' })).toBe(0);
});
