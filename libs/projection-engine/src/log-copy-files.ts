import { appendFileSync, closeSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

export const LOG_COPY_ERRORS = [
  'logCopyDiskFull', // no room where the copy of the log is made: gone on with when there is
  'logCopyFolder', // its folder cannot be made or written
  'logCopyDamaged', // what lies there is not what was written: thrown away
] as const; // prettier-ignore
export type LogCopyErrorCode = (typeof LOG_COPY_ERRORS)[number];

/** What is wrong with the copy of the log that a rebuild folds from. Nothing that counts is lost: the log is elsewhere. */
export class LogCopyError extends Error {
  constructor(
    readonly code: LogCopyErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'LogCopyError';
  }
}

/** Before each block: how many bytes it has, and their checksum. */
const HEAD_BYTES = 8;
const BLOCK_BYTES = { min: 4_096, max: 65_536 } as const;
/** All blocks that are being filled. */
const BLOCKS_BYTES_MAX = 32 << 20;

/** A folder's files of one name, numbered. */
export type Numbered = { readonly folder: string; readonly name: string };
export const fileOf = ({ folder, name }: Numbered, number: number): string => join(folder, `${name}-${number}`);

type Block = { readonly bytes: Buffer; used: number };

/** Divides records over numbered files, in blocks with a checksum each. What lies beyond the lengths given was never told to be there, and is cut off. */
export class NumberedFiles {
  readonly lengths: number[];
  private readonly blocks = new Map<number, Block>();
  private readonly blockBytes: number;

  /** @throws LogCopyError `logCopyDamaged` where less is there than was told */
  constructor(
    private readonly files: Numbered,
    lengths: readonly number[],
  ) {
    this.lengths = [...lengths];
    const share = Math.floor(BLOCKS_BYTES_MAX / Math.max(1, lengths.length));
    this.blockBytes = Math.max(BLOCK_BYTES.min, Math.min(share, BLOCK_BYTES.max));
    lengths.forEach((length, number) => cutTo(fileOf(files, number), length));
  }

  add(number: number, record: Uint8Array): void {
    let block = this.blocks.get(number);
    if (block !== undefined && block.used + record.length > block.bytes.length) {
      this.write(number, block);
      block = undefined;
    }
    if (block === undefined || block.bytes.length < HEAD_BYTES + record.length) {
      block = { bytes: Buffer.allocUnsafe(Math.max(this.blockBytes, HEAD_BYTES + record.length)), used: HEAD_BYTES };
      this.blocks.set(number, block);
    }
    block.bytes.set(record, block.used);
    block.used += record.length;
  }

  /** Everything that was added is in the files afterwards, and `lengths` say so. */
  flush(): void {
    for (const [number, block] of this.blocks) this.write(number, block);
  }

  private write(number: number, { bytes, used }: Block): void {
    this.blocks.delete(number);
    if (used === HEAD_BYTES) return;
    bytes.writeUInt32LE(used - HEAD_BYTES, 0);
    bytes.writeUInt32LE(crc32(bytes.subarray(HEAD_BYTES, used)), 4);
    appendFileSync(fileOf(this.files, number), bytes.subarray(0, used));
    this.lengths[number] = (this.lengths[number] ?? 0) + used;
  }
}

/** The blocks of a file, which is so long. @throws LogCopyError `logCopyDamaged` where one is not what was written */
export function* blocksOf(file: string, length: number): Generator<Buffer> {
  if (length === 0) return;
  const descriptor = opened(file);
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    for (let at = 0; at < length;) {
      if (readSync(descriptor, head, 0, HEAD_BYTES, at) < HEAD_BYTES) throw damaged('a file is too short');
      const bytes = head.readUInt32LE(0);
      if (bytes === 0 || at + HEAD_BYTES + bytes > length) throw damaged('a block is too long');
      const block = Buffer.allocUnsafe(bytes);
      if (readSync(descriptor, block, 0, bytes, at + HEAD_BYTES) < bytes) throw damaged('a file is too short');
      if (crc32(block) !== head.readUInt32LE(4)) throw damaged('a block is not what was written');
      yield block;
      at += HEAD_BYTES + bytes;
    }
  } finally {
    closeSync(descriptor);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw damaged('a file is gone', error);
  }
}

function cutTo(file: string, length: number): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < length) throw damaged('a file is too short');
  if (size > length) truncateSync(file, length);
}

export function damaged(why: string, cause?: unknown): LogCopyError {
  return new LogCopyError('logCopyDamaged', `The copy of the log is damaged: ${why}.`, { cause });
}

/** What the disk or the folder refuses, by its code; everything else is what it is. By shape: an error of Node's own may be of another realm. */
export function codedCopyError(error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new LogCopyError('logCopyDiskFull', 'There is no room for the copy of the log: make some, and run it again; it goes on where it was.', { cause: error }); // prettier-ignore
  if (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'EROFS' ||
    code === 'ENOTDIR' ||
    code === 'EMFILE' ||
    code === 'EIO'
  )
    return new LogCopyError('logCopyFolder', `The folder for the copy of the log cannot be used (${code}).`, {
      cause: error,
    });
  return error;
}
