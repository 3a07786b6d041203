import { createTestDatabase } from '@bestendig/testing';
import { openIntake, type DeliveryRow } from '@bestendig/intake';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram } from '../program';
import { dayOf, periodOf } from './intake.command';

const SOURCE = 'urn:nld:oin:00000001003214345000:systeem:hr';

/** What a command prints, on an installation of its own. */
async function printed(...words: readonly string[]): Promise<string> {
  const said: string[] = [];
  const spy = jest.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text));
  try {
    await createProgram().parseAsync(['node', 'bestendig', 'intake', ...words]);
  } finally {
    spy.mockRestore();
  }
  return said.join('\n');
}

describe('on a ledger with a dead letter, a message that is parked and one that may hold a BSN', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-intake-'));
  const before = { ...process.env };
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await createTestDatabase();
    drop = () => database.drop();
    Object.assign(process.env, { DATABASE_URL: database.url, BESTENDIG_DATA: folder, EVENT_STORE: '' });
    const intake = await openIntake(database.url);
    const row = (n: number, given: Partial<DeliveryRow>): DeliveryRow => ({
      ...{
        origin: `kafka:facts/0#${n}`,
        source: SOURCE,
        messageId: `m-${n}`,
        outcome: 'accepted',
        reason: null,
        fields: [],
      },
      ...{ digest: null, placementId: null, eventIds: [], recordedAt: null, ...given },
    });
    await intake.deadLetters.record([
      { origin: 'kafka:facts/0#2', topic: 'facts.DLT', partition: 0, offset: '0', cycle: 0, code: 'invalid' },
    ]);
    await intake.record([
      row(1, { outcome: 'parked', reason: 'notRegistered' }),
      row(2, { outcome: 'deadLetter', reason: 'invalid', fields: ['/data/sector'] }),
      row(3, { outcome: 'refused', reason: 'mayHoldBsn', source: null, messageId: null, fields: ['#value'] }),
    ]);
    await intake.close();
  });
  afterAll(async () => {
    process.env = before;
    await drop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the summary has a table for each source', async () => {
    const said = await printed('summary');
    expect(said).toContain(`\n${SOURCE}\n`);
    expect(said).toMatch(/^ {2}day +accepted +duplicate +parked +refused +deadLetter +total$/m);
    expect(said).toMatch(/^ {2}all +0 +0 +1 +0 +1 +2$/m);
    expect(said).toMatch(/^ {2}deadLetter +invalid +1 +\/data\/sector \(1\) +m-2$/m);
    expect(said).toMatch(/last: m-2, deadLetter, \d{4}-/);
    expect(said).toMatch(/^ {2}refused +mayHoldBsn +1 +#value \(1\)$/m);
    expect(await printed('summary', '--until', '2020-01-01')).toBe(
      'No message was delivered from 2019-12-03 to 2020-01-01.',
    );
  });

  test('a delivery that is no dead letter is refused with a code, and none beside it is asked for', async () => {
    await expect(printed('re-drive', 'kafka:facts/0#2', 'kafka:facts/0#1')).rejects.toMatchObject({
      code: 'deadLetterUnknown',
      message: expect.stringContaining('number 2 is no dead letter') as string,
    });
    expect(await printed('dead-letters', '--state', 'open')).toContain('kafka:facts/0#2');
  });

  test('dead letters are listed, and asked for once', async () => {
    expect(await printed('dead-letters')).toMatch(
      /Z +open +invalid +0 +kafka:facts\/0#2 +urn:nld:oin:00000001003214345000:systeem:hr +m-2$/m,
    );
    expect(await printed('dead-letters', '--state', 'sent')).toBe('There is no such dead letter.');
    expect(await printed('re-drive', '--code', 'notJson')).toContain('No such dead letter is open');
    expect(await printed('re-drive', 'kafka:facts/0#2')).toBe(
      '1 dead letter is sent again as soon as messages are taken from Kafka.',
    );
    expect(await printed('re-drive', '--all')).toContain('No such dead letter is open');
    expect(await printed('dead-letters', '--state', 'asked', '--limit', '1')).toContain('kafka:facts/0#2');
  });

  test.each([
    ['re-drive'],
    ['re-drive', '--all', '--code', 'invalid'],
    ['re-drive', 'kafka:facts/0#2', '--all'],
    ['summary', '--from', '2999-01-01'],
    ['summary', '--from', '2001-01-01'],
  ])('%s %s is refused with a code', async (...words) => {
    await expect(printed(...words)).rejects.toMatchObject({ code: 'settingInvalid' });
  });
});

test('a period is of 30 days up to today, or as said', () => {
  expect(periodOf({}, '2026-03-30')).toEqual({ from: '2026-03-01', until: '2026-03-30' });
  expect(periodOf({ from: '2026-03-30' }, '2026-03-30')).toEqual({ from: '2026-03-30', until: '2026-03-30' });
});

test.each(['2026-02-29', '2026-13-01', '0000-01-01', 'yesterday', '2026-1-1'])('%s is no day', (text) => {
  expect(() => dayOf(text)).toThrow(expect.objectContaining({ code: 'commander.invalidArgument' }) as Error);
});
