import { createHash, type Hash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StandaloneError, unusableFile } from '../errors';
import type { Progress } from '../progress';

/** A history file that can be read more than once, and is known by its content. */
export type HistoryInput = {
  /** SHA-256 hex of its bytes. */
  readonly digest: string;
  readonly bytes: number;
  /** Where refused lines are told. */
  readonly rejectedFile: string;
  /** Its bytes from the start. @throws StandaloneError `fileUnusable` at the end, where they are not those of the digest */
  read(): HistoryRead;
};

/** One reading; `bytesRead` grows as it goes. */
export type HistoryRead = AsyncIterable<Buffer> & { readonly bytesRead: () => number };

const CHUNK_BYTES = 256 * 1024;

export type OpenInputOptions = {
  /** A path, or `-` for standard input. */
  readonly file: string;
  /** Where what cannot be read twice is spooled; the caller removes it. */
  readonly folder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
};

/**
 * Reads a file once to know it. Standard input, a pipe or a device is spooled first, because its digest must be known
 * before its first line is recorded.
 * @throws StandaloneError `fileUnusable`
 */
export async function openHistoryInput({ file, folder, progress, signal }: OpenInputOptions): Promise<HistoryInput> {
  try {
    const piped = file === '-' || !statSync(file).isFile();
    if (piped) return await spool(file === '-' ? process.stdin : createReadStream(file), join(folder, 'stdin'), signal);
    return await inspect(file, progress, signal);
  } catch (error) {
    if (signal.aborted || error instanceof StandaloneError) throw error;
    throw unusableFile(file === '-' ? 'Standard input' : file, 'read', error);
  }
}

async function spool(from: NodeJS.ReadableStream, path: string, signal: AbortSignal): Promise<HistoryInput> {
  const hash = createHash('sha256');
  const out = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.length;
      await out.writeFile(chunk);
    }
  } finally {
    await out.close();
  }
  return inputOf(path, hash, bytes, 'stdin.rejected.csv');
}

async function inspect(file: string, progress: Progress, signal: AbortSignal): Promise<HistoryInput> {
  const { size } = await stat(file);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    hash.update(chunk);
    bytes += chunk.length;
    progress.update(bytes, size, bytes / 1_000_000);
  }
  progress.stop();
  return inputOf(file, hash, bytes, `${file}.rejected.csv`);
}

function inputOf(path: string, hash: Hash, bytes: number, rejectedFile: string): HistoryInput {
  const digest = hash.digest('hex');
  return { digest, bytes, rejectedFile, read: () => readAgain(path, digest) };
}

function readAgain(path: string, digest: string): HistoryRead {
  let bytes = 0;
  const chunks = async function* () {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    if (hash.digest('hex') !== digest) throw new StandaloneError('fileUnusable', `${path} changed while it was read: run the import again when it is complete.`);
  };
  return { [Symbol.asyncIterator]: chunks, bytesRead: () => bytes };
}
