/** Ctrl-C reaches a process twice when npm runs it: from the terminal and passed on by npm. */
const SAME_SIGNAL_MS = 750;
/** What a shell reports of a command that Ctrl-C ended. */
export const INTERRUPTED_EXIT_CODE = 130;

/** Aborts at the first Ctrl-C (or SIGTERM, or the terminal closing); the next one ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const onSignal = (name: NodeJS.Signals) => {
    if (first === 0) {
      first = performance.now();
      controller.abort(new InterruptedError(name));
    } else if (performance.now() - first > SAME_SIGNAL_MS) {
      process.exit(INTERRUPTED_EXIT_CODE);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return controller.signal;
}

/** Asked to stop by its user: not a failure. */
export class InterruptedError extends Error {
  constructor(readonly by: NodeJS.Signals) {
    super(`stopped by ${by}`);
    this.name = 'InterruptedError';
  }
}
