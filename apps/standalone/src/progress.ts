import { Format, SingleBar } from 'cli-progress';

/** How far a long job is. `done` and `total` are in the job's own unit (bytes, events); `count` and `rate` in the one people read. */
export type Progress = {
  /** `done` of `total`, and how many `unit`s that is so far. */
  update(done: number, total: number, count: number): void;
  /** Ends it: what was said last stays on the screen. */
  stop(): void;
};

export type ProgressOptions = { readonly label: string; readonly unit: string; readonly stream?: NodeJS.WriteStream };

const LINE_EVERY_MS = 5_000;
const SHORT_MS = 2_000;
/** The rate is that of the last seconds, so that the time left follows a job that slows down. */
const RATE_WINDOW_MS = 10_000;

/** A bar on a terminal; elsewhere (a log, CI) a plain line every five seconds and one at the end. To stderr by default. */
export function showProgress({ label, unit, stream = process.stderr }: ProgressOptions): Progress {
  const pace = new Pace();
  return stream.isTTY ? bar(label, unit, pace, stream) : lines(label, unit, pace, stream);
}

/** Nobody looks: benches and tests. */
export const NO_PROGRESS: Progress = { update: () => undefined, stop: () => undefined };

function bar(label: string, unit: string, pace: Pace, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar({
    stream,
    clearOnComplete: false,
    hideCursor: true,
    fps: 5,
    gracefulExit: false,
    format: (options, params, payload: { readonly text?: string }) => `${label.padEnd(LABEL_WIDTH)} ${Format.BarFormat(params.progress, options)} ${payload.text ?? ''}`,
    barsize: 28,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  let begun = false;
  return {
    update: (done, total, count) => {
      // Only now: a job may have several bars, of which one is drawn at a time.
      if (!begun) single.start(1, 0, { text: '' });
      begun = true;
      single.update(total === 0 ? 1 : Math.min(done / total, 1), { text: pace.say(done, total, count, unit) });
    },
    stop: () => {
      if (begun) single.stop();
      begun = false;
    },
  };
}

const LABEL_WIDTH = 22;

function lines(label: string, unit: string, pace: Pace, stream: NodeJS.WriteStream): Progress {
  const begun = performance.now();
  let said = begun;
  let last: string | null = null;
  const say = (text: string) => stream.write(`${label}: ${text}\n`);
  return {
    update: (done, total, count) => {
      last = pace.say(done, total, count, unit);
      if (performance.now() - said < LINE_EVERY_MS) return;
      said = performance.now();
      say(last);
      last = null;
    },
    stop: () => {
      // What was done before anybody could wonder needs no line.
      if (last !== null && performance.now() - begun > SHORT_MS) say(last);
      last = null;
    },
  };
}

/** Rate and time left. */
export class Pace {
  private readonly looks: { readonly at: number; readonly done: number; readonly count: number }[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  say(done: number, total: number, count: number, unit: string): string {
    const at = this.now();
    this.looks.push({ at, done, count });
    while (this.looks.length > 2 && at - (this.looks[1]?.at ?? at) > RATE_WINDOW_MS) this.looks.shift();
    const first = this.looks[0] ?? { at, done, count };
    const seconds = (at - first.at) / 1_000;
    const percent = total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total));
    const rate = seconds > 0 ? (count - first.count) / seconds : 0;
    const pace = seconds > 0 ? (done - first.done) / seconds : 0;
    const left = done >= total ? 'done' : pace > 0 ? `${duration((total - done) / pace)} left` : '';
    return [`${percent}%`.padStart(4), `${whole(count)} ${unit}`, rate > 0 ? `${whole(rate)}/s` : '', left].filter((part) => part !== '').join(' · ');
  }
}

/** 12,345 */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** 8 s, 2 min 05 s, 1 h 10 min */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.ceil(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  return `${Math.floor(s / 3_600)} h ${String(Math.floor((s % 3_600) / 60)).padStart(2, '0')} min`;
}
