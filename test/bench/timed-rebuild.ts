import type { EventStore } from '@bestendig/event-store';
import { rebuild, type RebuildProgress, type RebuildResult } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';
import type { PartThreads } from '@bestendig/projector';

type Step = RebuildProgress['step'];
type Compared = Extract<RebuildResult, { readonly compared: unknown }>['compared'];
export type TimedRebuild = {
  readonly events: number;
  readonly compared: Compared;
  /** From the first read to indexed and analysed. */
  readonly seconds: number;
  /** Of this process with its threads, whatever else the machine does. */
  readonly cpuSeconds: number;
  readonly secondsOf: Readonly<Record<Step, number>>;
};
export type Rebuilt = {
  readonly databaseUrl: string;
  readonly store: EventStore;
  readonly folders: PartThreads;
};

/** Rebuilds all read models as `npm run rebuild` does, and says what each step took. `verify` is with the switch. */
export async function timedRebuild({ store, ...where }: Rebuilt): Promise<TimedRebuild> {
  const secondsOf = { copy: 0, plan: 0, fold: 0, index: 0, catchUp: 0, verify: 0 };
  let step: Step = where.folders.copyFolder === null ? 'plan' : 'copy';
  let since = performance.now();
  const cpuBefore = process.cpuUsage();
  const enter = (next: Step): void => {
    const now = performance.now();
    secondsOf[step] += (now - since) / 1_000;
    [step, since] = [next, now];
  };
  const onProgress = ({ step: told }: RebuildProgress): void => (told === step ? undefined : enter(told));
  const result = await rebuild({ set: READ_MODELS, store, ...where, onProgress });
  enter('verify');
  const { user, system } = process.cpuUsage(cpuBefore);
  if (result.outcome !== 'switched') throw new Error('The rebuild did not switch.');
  const { events, compared } = result;
  const cpuSeconds = (user + system) / 1e6;
  return {
    events,
    compared,
    cpuSeconds,
    secondsOf,
    seconds: secondsOf.copy + secondsOf.plan + secondsOf.fold + secondsOf.index,
  };
}
