import { readHistory, validateHistoryLine } from '@bestendig/hr-messages';
import type { Progress } from '../progress';
import type { HistoryInput, HistoryRead } from './history-input';
import type { CheckedLine, LineRecorder } from './line-recorder';
import { inBatches, withReadAhead } from './read-ahead';

/**
 * Lines recorded together. Fixed, because what is recorded at one moment is judged together: a run that was killed must
 * cut the same batches again.
 */
export const BATCH_LINES = 1_000;

export type RecordHistoryOptions = {
  readonly input: HistoryInput;
  readonly digestKey: Buffer;
  readonly recorder: LineRecorder;
  readonly progress: Progress;
  readonly signal: AbortSignal;
};

/** Records a file's lines in the order of the file, in the memory of two batches. */
export async function recordHistory({ input, digestKey, recorder, progress, signal }: RecordHistoryOptions): Promise<void> {
  const read = input.read();
  let lines = 0;
  await withReadAhead(inBatches(checkedLines(input, read, digestKey), BATCH_LINES), async (batch) => {
    signal.throwIfAborted();
    await recorder.record(batch);
    lines += batch.length;
    progress.update(read.bytesRead(), input.bytes, lines);
  });
  await recorder.finish();
  progress.update(input.bytes, input.bytes, lines);
  progress.stop();
}

/** The lines of a file, each checked as any message is. */
export async function* checkedLines(input: HistoryInput, read: HistoryRead, digestKey: Buffer): AsyncGenerator<CheckedLine> {
  for await (const line of readHistory(read)) yield { line: line.line, validated: validateHistoryLine(line, { fileDigest: input.digest, digestKey }) };
}
