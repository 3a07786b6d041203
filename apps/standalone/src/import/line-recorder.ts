import type { Validated } from '@bestendig/hr-messages';
import type { DeliveryRow, Outcome } from '@bestendig/intake';
import type { FactOutcome, HrFact } from '@bestendig/placement-application';
import type { RejectedLines } from './rejected-lines';
import type { Summary } from './summary';

/** A line of a history file, checked. */
export type CheckedLine = { readonly line: number; readonly validated: Validated };

/** What became of a delivery the first time. */
export type KnownDelivery = { readonly origin: string; readonly outcome: Outcome; readonly reason: string | null };

/** Where lines go. A dry run has its own, which judge the same and keep nothing. */
export type Recording = {
  recordHrFacts(facts: readonly HrFact[]): Promise<readonly FactOutcome[]>;
  /** First outcomes of those of these origins that were delivered before. */
  knownDeliveries(origins: readonly string[]): Promise<readonly KnownDelivery[]>;
  keep(rows: readonly DeliveryRow[]): Promise<unknown>;
};

/**
 * Records batches of lines and counts what happened to each. A line that an earlier run of the same file has recorded
 * gives its first outcome again, so that a run that was killed and one that was not say the same.
 */
export class LineRecorder {
  /** Rows are written in order of the batches; where a whole batch has none, no later one has. */
  private lookForKnown = true;
  private keeping: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly recording: Recording,
    private readonly summary: Summary,
    private readonly rejected: RejectedLines,
  ) {}

  async record(lines: readonly CheckedLine[]): Promise<void> {
    const known = await this.knownOf(lines);
    const facts: HrFact[] = [];
    const factLines: number[] = [];
    const rows: DeliveryRow[] = [];
    for (const { line, validated } of lines) {
      const before = known.get(originOf(validated));
      if (!validated.ok) this.refuse(line, validated, before === undefined ? rows : null);
      else if (before !== undefined) this.count(line, before.outcome, before.reason);
      else {
        facts.push(validated.fact);
        factLines.push(line);
      }
    }
    const outcomes = facts.length === 0 ? [] : await this.recording.recordHrFacts(facts);
    outcomes.forEach((outcome, index) => {
      this.count(factLines[index] ?? 0, outcome.outcome, outcome.reason);
      rows.push(outcome);
    });
    this.rejected.flush();
    await this.keep(rows);
  }

  /** When all rows are written. */
  async finish(): Promise<void> {
    await this.keeping;
    this.rejected.close();
  }

  private async knownOf(lines: readonly CheckedLine[]): Promise<ReadonlyMap<string, KnownDelivery>> {
    if (!this.lookForKnown) return new Map();
    const known = await this.recording.knownDeliveries(lines.map(({ validated }) => originOf(validated)));
    this.lookForKnown = known.length > 0;
    return new Map(known.map((delivery) => [delivery.origin, delivery]));
  }

  /** The rows of one batch are written while the facts of the next are recorded, never two batches at once. */
  private async keep(rows: readonly DeliveryRow[]): Promise<void> {
    await this.keeping;
    this.keeping = rows.length === 0 ? Promise.resolve() : this.recording.keep(rows);
    this.keeping.catch(() => undefined);
  }

  private refuse(line: number, { refusal }: Extract<Validated, { ok: false }>, rows: DeliveryRow[] | null): void {
    this.summary.add('refused', refusal.code);
    for (const { pointer, code, detail } of refusal.errors) this.rejected.add({ line, field: pointer, code, reason: detail });
    const { origin, source, messageId, digest } = refusal;
    const fields = refusal.errors.map(({ pointer }) => pointer);
    rows?.push({ origin, source, messageId, digest, outcome: 'refused', reason: refusal.code, fields, placementId: null, eventIds: [], recordedAt: null });
  }

  private count(line: number, outcome: Outcome, reason: string | null): void {
    this.summary.add(outcome, reason);
    if (outcome === 'refused') this.rejected.add({ line, field: '/id', code: reason ?? '', reason: REASONS[reason ?? ''] ?? 'was refused' });
  }
}

/** What the application refuses, in the words of the person who reads the file of refused lines. */
const REASONS: Readonly<{ [code: string]: string }> = {
  idReusedWithOtherContent: 'this id was used before for a message with other content: send the change as a correction, under an id of its own',
};

const originOf = (validated: Validated): string => (validated.ok ? validated.fact.origin : validated.refusal.origin);
