import type { HrFact } from '@bestendig/placement-application';
import type { Progress } from '../progress';
import { sortOnDisk, type Keyed } from './disk-sort';
import type { CheckedLine } from './line-recorder';
import { inBatches, withReadAhead, type Together } from './read-ahead';
import { BATCH_LINES, checkedLines, type RecordHistoryOptions } from './record-history';

export type RecordAsReportedOptions = Omit<RecordHistoryOptions, 'progress'> & {
  /** Where records are sorted. */
  readonly folder: string;
  /** The moment the run began, UTC text with six decimals: nothing can have been reported after it. */
  readonly begun: string;
  readonly reading: Progress;
  readonly recording: Progress;
};

const reportedAtOf = ({ validated }: CheckedLine): string | null => (validated.ok ? validated.fact.reportedAt : null);

/** Lines reported at one moment are recorded at one, and so judged together; the bound is for files with very many of one moment. */
const ONE_MOMENT: Together<CheckedLine> = { sizeMax: 5_000, belong: (last, next) => reportedAtOf(last) === reportedAtOf(next) };

/**
 * Records a file's lines in the order in which they were reported (lines of one moment in the order of the file). A line
 * that does not say when it was reported, or names a moment that was still to come when the run began, is refused.
 */
export async function recordAsReported(options: RecordAsReportedOptions): Promise<void> {
  const { recorder, folder, signal, recording } = options;
  const counts = { sorted: 0 };
  const sorted = await sortOnDisk(acceptable(options, counts), { folder });
  let recorded = 0;
  await withReadAhead(inBatches(restored(sorted), BATCH_LINES, ONE_MOMENT), async (batch) => {
    signal.throwIfAborted();
    await recorder.record(batch);
    recorded += batch.length;
    recording.update(recorded, counts.sorted, recorded);
  });
  await recorder.finish();
  recording.update(recorded, counts.sorted, recorded);
  recording.stop();
}

/** The first pass: refused lines are dealt with, the others go to be sorted. */
async function* acceptable({ input, digestKey, recorder, begun, reading, signal }: RecordAsReportedOptions, counts: { sorted: number }): AsyncGenerator<Keyed> {
  const read = input.read();
  let lines = 0;
  let refused: CheckedLine[] = [];
  for await (const checked of checkedLines(input, read, digestKey)) {
    const { line, validated } = withMoment(checked, begun);
    if (validated.ok) {
      counts.sorted++;
      yield { key: validated.fact.reportedAt ?? '', text: JSON.stringify({ line, fact: validated.fact } satisfies Spooled) };
    } else if (refused.push({ line, validated }) >= BATCH_LINES) {
      await recorder.record(refused);
      refused = [];
    }
    if (++lines % BATCH_LINES !== 0) continue;
    signal.throwIfAborted();
    reading.update(read.bytesRead(), input.bytes, lines);
  }
  if (refused.length > 0) await recorder.record(refused);
  reading.update(input.bytes, input.bytes, lines);
  reading.stop();
}

type Spooled = { readonly line: number; readonly fact: HrFact };

async function* restored(texts: AsyncIterable<string>): AsyncGenerator<CheckedLine> {
  for await (const text of texts) {
    const { line, fact } = JSON.parse(text) as Spooled;
    yield { line, validated: { ok: true, fact } };
  }
}

function withMoment(checked: CheckedLine, begun: string): CheckedLine {
  const { line, validated } = checked;
  if (!validated.ok) return checked;
  const { origin, source, messageId, digest, reportedAt } = validated.fact;
  if (reportedAt !== null && reportedAt <= begun) return checked;
  const error =
    reportedAt === null
      ? ({ pointer: '/time', code: 'required', detail: 'is required with --as-reported: it becomes the time of recording' } as const)
      : ({ pointer: '/time', code: 'outOfRange', detail: 'lies after the moment the import began' } as const);
  return { line, validated: { ok: false, refusal: { code: 'invalid', errors: [error], origin, source, messageId, digest } } };
}
