import { OUTCOMES, type Outcome } from '@bestendig/intake';
import { duration, whole } from '../progress';

/** What happened to the lines of a file: each has one outcome. */
export class Summary {
  private readonly counts = new Map<Outcome, number>();
  private readonly reasons = new Map<string, number>();

  add(outcome: Outcome, reason: string | null): void {
    this.counts.set(outcome, this.of(outcome) + 1);
    // A duplicate has the reason of the delivery it repeats.
    if (reason === null || outcome === 'duplicate') return;
    const key = `${outcome} ${reason}`;
    this.reasons.set(key, (this.reasons.get(key) ?? 0) + 1);
  }

  of(outcome: Outcome): number {
    return this.counts.get(outcome) ?? 0;
  }

  get lines(): number {
    return OUTCOMES.reduce((sum, outcome) => sum + this.of(outcome), 0);
  }

  /** For people. `seconds` is how long it took. */
  text({ seconds, rejectedFile, dryRun }: { readonly seconds: number; readonly rejectedFile: string | null; readonly dryRun: boolean }): string {
    const rows = OUTCOMES.map((outcome) => {
      const note = outcome === 'refused' && rejectedFile !== null ? `   see ${rejectedFile}` : '';
      return [`  ${outcome.padEnd(10)} ${whole(this.of(outcome)).padStart(WIDTH)}${note}`, ...this.reasonsOf(outcome)];
    });
    const rate = this.lines === 0 ? ': there was nothing in it to import' : seconds > 0 ? `, ${whole(this.lines / seconds)}/s` : '';
    return [
      `${dryRun ? 'Dry run, nothing was stored: ' : ''}${whole(this.lines)} ${this.lines === 1 ? 'line' : 'lines'} read in ${duration(seconds)}${rate}`,
      ...rows.flat(),
    ].join('\n');
  }

  private reasonsOf(outcome: Outcome): readonly string[] {
    return [...this.reasons]
      .filter(([key]) => key.startsWith(`${outcome} `))
      .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
      .map(([key, count]) => `    ${key.slice(outcome.length + 1).padEnd(28)} ${whole(count).padStart(WIDTH)}`);
  }
}

const WIDTH = 11;
