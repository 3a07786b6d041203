import { EventStoreError, type Instant, type RecordedEvent } from '@bestendig/event-store';
import { toPlacementEvent } from '@bestendig/placement-application';
import type { PlacementEvent } from '@bestendig/placement-domain';
import { damaged, NumberedFiles, type Numbered } from './log-copy-files';

/**
 * An event in the copy of the log: length, placement, revision, its hash and the one before it, then what folds need as a
 * JSON list. Half of the event's canonical text.
 */
const [PLACEMENT_AT, REVISION_AT, HASH_AT, PREVIOUS_AT, TEXT_AT] = [4, 20, 24, 56, 88];
const UTF8_BYTES_MAX = 3;
const PLACEMENT_BYTES = 16;

/** In the order they stand in; the type's twin is {@link eventOf}. */
type Fields = readonly [
  id: string,
  type: string,
  recordedAt: string,
  reportedAt: string | null,
  source: string | null,
  messageId: string,
  byPerson: boolean,
  asReported: boolean,
  data: object,
];

/** A placement's id in 16 characters. */
export const keyOfPlacement = (placementId: string): string =>
  Buffer.from(placementId.replaceAll('-', ''), 'hex').toString('latin1');

export class EventWriter {
  private scratch = Buffer.allocUnsafe(16_384);

  /** The bytes are good until the next call. */
  record(placementId: string, event: RecordedEvent): Uint8Array {
    const { id, type, recordedAt, reportedAt, source, messageId, byPerson, data } = toPlacementEvent(event);
    const fields: Fields = [id, type, recordedAt, reportedAt, source, messageId, byPerson, event.asReported, data];
    const text = JSON.stringify(fields);
    const room = TEXT_AT + text.length * UTF8_BYTES_MAX;
    if (room > this.scratch.length) this.scratch = Buffer.allocUnsafe(2 * room);
    const bytes = this.scratch;
    bytes.write(placementId.replaceAll('-', ''), PLACEMENT_AT, 'hex');
    bytes.writeUInt32LE(event.revision, REVISION_AT);
    bytes.write(event.hash, HASH_AT, 'hex');
    if (event.previousHash === null) bytes.fill(0, PREVIOUS_AT, TEXT_AT);
    else bytes.write(event.previousHash, PREVIOUS_AT, 'hex');
    const length = TEXT_AT + bytes.write(text, TEXT_AT);
    bytes.writeUInt32LE(length, 0);
    return bytes.subarray(0, length);
  }
}

/** The records of a block, each with its placement's key. */
export function eachRecord(block: Buffer, take: (key: string, record: Buffer) => void): void {
  for (let at = 0; at < block.length;) {
    const length = block.readUInt32LE(at);
    take(
      block.toString('latin1', at + PLACEMENT_AT, at + PLACEMENT_AT + PLACEMENT_BYTES),
      block.subarray(at, at + length),
    );
    at += length;
  }
}

/** Divides records over numbered files, by what their placements' keys say. Returns the files' lengths. */
export function divide(
  blocks: Iterable<Buffer>,
  to: Numbered & { readonly lengths: readonly number[]; readonly numberOf: ReadonlyMap<string, number> },
): readonly number[] {
  const files = new NumberedFiles(to, to.lengths);
  for (const block of blocks)
    eachRecord(block, (key, record) => {
      const number = to.numberOf.get(key);
      if (number === undefined) throw damaged('it holds a placement that the plan does not know');
      files.add(number, record);
    });
  files.flush();
  return files.lengths;
}

export type CopiedHistory = { readonly events: readonly PlacementEvent[]; readonly asReportedFrom: Instant | null };

/**
 * The events of one placement, in their order.
 *
 * @throws EventStoreError `brokenChain` where one does not follow the one before it
 */
export function historyOf(placementId: string, records: readonly Buffer[]): CopiedHistory {
  const events: PlacementEvent[] = [];
  let asReportedFrom: Instant | null = null;
  records.forEach((record, revision) => {
    const before = records[revision - 1];
    if (record.readUInt32LE(REVISION_AT) !== revision || !follows(record, before))
      throw new EventStoreError('brokenChain', `Event ${revision} of placement-${placementId}: it does not follow the event before it in its stream.`); // prettier-ignore
    const fields = JSON.parse(record.toString('utf8', TEXT_AT)) as Fields;
    const [, , recordedAt, , , , , asReported] = fields;
    if (asReported) asReportedFrom ??= recordedAt;
    events.push(eventOf(fields));
  });
  return { events, asReportedFrom };
}

const NO_HASH = Buffer.alloc(PREVIOUS_AT - HASH_AT);

const follows = (record: Buffer, before: Buffer | undefined): boolean =>
  before === undefined
    ? record.subarray(PREVIOUS_AT, TEXT_AT).equals(NO_HASH)
    : record.compare(before, HASH_AT, PREVIOUS_AT, PREVIOUS_AT, TEXT_AT) === 0;

const eventOf = ([id, type, recordedAt, reportedAt, source, messageId, byPerson, , data]: Fields): PlacementEvent =>
  ({ type, data, id, recordedAt, reportedAt, source, messageId, byPerson }) as PlacementEvent;
