import { rmSync } from 'node:fs';
import type { Instant } from '@bestendig/event-store';
import type { PlacementHistory } from './fold';
import { partsIn } from './log-copy';
import { divide, eachRecord, historyOf, keyOfPlacement } from './log-copy-events';
import { blocksOf, codedCopyError, fileOf } from './log-copy-files';

/** Where a part's events were copied to, and how many bytes they are. */
export type CopiedPart = { readonly folder: string; readonly bytes: number };
/** What is folded and written at once. */
export type Piece = {
  readonly histories: readonly Omit<PlacementHistory, 'from'>[];
  readonly events: number;
  readonly asReportedFrom: Instant | null;
};

type PartFile = { readonly file: string; readonly bytes: number };

/** A part of more bytes is divided further, by piece: so much is held at once, or one piece where that is more. */
const PART_BYTES_MAX = 32 << 20;

/** One part of the copy, piece by piece. */
export class CopiedPieces {
  private readonly whole: PartFile;
  private readonly files: readonly PartFile[];
  /** Of the part as a whole, where it is small enough to be held. */
  private held: ReadonlyMap<string, readonly Buffer[]> | null = null;

  constructor(
    { folder, bytes }: CopiedPart,
    private readonly number: number,
    private readonly pieces: readonly (readonly string[])[],
    bytesMax = PART_BYTES_MAX,
  ) {
    this.whole = { file: fileOf(partsIn(folder), number), bytes };
    this.files = bytes <= bytesMax ? [this.whole] : this.divided(folder);
  }

  read(index: number): Piece {
    const [whole, ...others] = this.files;
    const file = others.length === 0 ? whole : this.files[index];
    if (file === undefined) return NOTHING;
    const records = others.length === 0 ? (this.held ??= recordsIn(file)) : recordsIn(file);
    return pieceOf(this.pieces[index] ?? [], records);
  }

  /** When the part is done for good. */
  remove(): void {
    for (const { file } of [this.whole, ...this.files]) rmSync(file, { force: true });
  }

  private divided(folder: string): readonly PartFile[] {
    const to = { folder, name: `part-${this.number}-piece` };
    const numberOf = new Map(this.pieces.flatMap((piece, index) => piece.map((id) => [keyOfPlacement(id), index])));
    // What a run before left of them is cut off.
    const lengths = this.pieces.map(() => 0);
    try {
      const bytes = divide(blocksOf(this.whole.file, this.whole.bytes), { ...to, lengths, numberOf });
      return bytes.map((length, index) => ({ file: fileOf(to, index), bytes: length }));
    } catch (error) {
      throw codedCopyError(error);
    }
  }
}

const NOTHING: Piece = { histories: [], events: 0, asReportedFrom: null };

function recordsIn({ file, bytes }: PartFile): ReadonlyMap<string, Buffer[]> {
  const records = new Map<string, Buffer[]>();
  for (const block of blocksOf(file, bytes))
    eachRecord(block, (key, record) => {
      const told = records.get(key);
      if (told === undefined) records.set(key, [record]);
      else told.push(record);
    });
  return records;
}

function pieceOf(placements: readonly string[], records: ReadonlyMap<string, readonly Buffer[]>): Piece {
  const histories: Omit<PlacementHistory, 'from'>[] = [];
  let count = 0;
  let asReportedFrom: Instant | null = null;
  for (const placementId of placements) {
    const told = records.get(keyOfPlacement(placementId));
    if (told === undefined) continue;
    const history = historyOf(placementId, told);
    count += history.events.length;
    asReportedFrom = earliest(asReportedFrom, history.asReportedFrom);
    histories.push({ placementId, events: history.events });
  }
  return { histories, events: count, asReportedFrom };
}

export function earliest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
