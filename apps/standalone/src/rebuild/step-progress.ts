import type { RebuildProgress } from '@bestendig/projection-engine';
import { showProgress, type Progress } from '../progress';

const STEPS = { copy: 'Copying', plan: 'Planning', fold: 'Folding', index: 'Indexing', catchUp: 'Catching up', verify: 'Comparing' } as const satisfies { [step in RebuildProgress['step']]: string };

/** One bar per step of a rebuild. */
export class StepProgress {
  private current: { readonly step: RebuildProgress['step']; readonly progress: Progress } | null = null;

  show({ step, events, eventsInAll }: RebuildProgress): void {
    if (this.current?.step !== step) {
      this.stop();
      this.current = { step, progress: showProgress({ label: STEPS[step], unit: 'facts' }) };
    }
    this.current?.progress.update(events, eventsInAll ?? events, events);
  }

  stop(): void {
    this.current?.progress.stop();
    this.current = null;
  }
}
