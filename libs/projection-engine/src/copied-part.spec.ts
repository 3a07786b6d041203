import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import { CopiedPieces } from './copied-part';
import { EventWriter } from './log-copy-events';
import { NumberedFiles } from './log-copy-files';

const PART = 3;
const placement = (number: number): string => `00000000-0000-4000-8000-00000000000${number}`;
const hash = (number: number, revision: number): string => `${number}${revision}`.repeat(32);

function eventOf(number: number, revision: number): RecordedEvent {
  const text = revision === 1 ? 'é 😀 "quoted"' : 'plain';
  return {
    ...{
      id: `event-${number}-${revision}`,
      type: 'HoursChanged',
      schemaVersion: 1,
      stream: `placement-${placement(number)}`,
    },
    ...{ revision, recordedAt: `2026-01-01T00:00:0${revision}.000000Z`, reportedAt: null, asReported: number === 2 },
    ...{ actor: 'a', onBehalfOf: null, organisation: 'o', source: revision === 0 ? null : 's', messageId: text },
    ...{ messageDigest: 'd', origin: 'o', correlationId: 'c', causationId: null, keyId: null },
    ...{ previousHash: revision === 0 ? null : hash(number, revision - 1), hash: hash(number, revision) },
    ...{ data: { text, hoursPerWeek: revision }, position: 'p1', knownTime: `2026-01-01T00:00:0${revision}.000001Z` },
  };
}

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bestendig-part-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Returns how long the part's file is. */
function copied(events: readonly RecordedEvent[]): number {
  const files = new NumberedFiles({ folder, name: 'part' }, [0, 0, 0, 0]);
  const writer = new EventWriter();
  for (const event of events) files.add(PART, writer.record(event.stream.slice('placement-'.length), event));
  files.flush();
  return files.lengths[PART] ?? 0;
}

// As they lie in the log: of several placements in turn.
const EVENTS = [0, 1, 2].flatMap((revision) => [1, 2, 4].map((number) => eventOf(number, revision)));
const PIECES = [[placement(1), placement(3)], [placement(2)], [placement(4)]];

test.each([
  ['held as a whole', 1 << 20],
  ['divided further, by piece', 100],
])('a part that is %s gives each placement its events, and is gone when it is done', (_, bytesMax) => {
  const bytes = copied(EVENTS);
  const pieces = new CopiedPieces({ folder, bytes }, PART, PIECES, bytesMax);
  const read = PIECES.map((_piece, index) => pieces.read(index));
  const expected = (number: number) =>
    EVENTS.filter(({ stream }) => stream.endsWith(placement(number))).map(toPlacementEvent);
  expect(read.map(({ histories }) => histories)).toEqual([
    [{ placementId: placement(1), events: expected(1) }],
    [{ placementId: placement(2), events: expected(2) }],
    [{ placementId: placement(4), events: expected(4) }],
  ]);
  expect(read.map(({ events }) => events)).toEqual([3, 3, 3]);
  expect(read.map(({ asReportedFrom }) => asReportedFrom)).toEqual([null, '2026-01-01T00:00:00.000001Z', null]);
  pieces.remove();
  expect(readdirSync(folder)).toEqual([]);
});

const [first, second, third] = [eventOf(1, 0), eventOf(1, 1), eventOf(1, 2)];
test.each([
  ['one is missing', [first, third]],
  ['the first is missing', [second, third]],
  ['one stands in the place of another', [first, { ...second, hash: hash(9, 9) }, third]],
  ['they are in another order', [second, first, third]],
  ['one is there twice', [first, second, second, third]],
])('a placement of whose events %s is refused', (_, events) => {
  const bytes = copied(events);
  const pieces = new CopiedPieces({ folder, bytes }, PART, PIECES);
  expect(() => pieces.read(0)).toThrow(expect.objectContaining({ code: 'brokenChain' }));
});
