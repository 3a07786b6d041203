import { isConnectionLost } from '@bestendig/postgres';
import { codeOf } from './errors';
import { INTERRUPTED_EXIT_CODE, InterruptedError } from './interruption';

/** What one can do about an error, where its own words do not say it. */
const ADVICE: Readonly<{ [code: string]: string }> = {
  asReportedRunInProgress: 'An import --as-reported is unfinished: finish it by running it again, or end it with: npm run import -- --as-reported --give-up FILE',
  asReportedRunNotOpen: 'No import --as-reported of this very file is unfinished here: there is nothing to give up.',
  storeNotEmpty: 'import --as-reported and restore need an empty store: use another data folder (BESTENDIG_DATA), database or namespace, or import without --as-reported.',
  notReady: 'The read models are not built yet: npm start builds them, or npm run rebuild.',
  EADDRINUSE: 'The port is in use by another program: set PORT to another one (PORT=0 takes any that is free).',
  EACCES: 'Not allowed: check who owns the files, and whether the port may be used.',
  ENOSPC: 'The disk is full.',
};
const AWAY = 'The database went away or cannot be reached. Run the same command again: it goes on where it was.';

/** Tells the person at the terminal and gives the exit code. What has a code is a sentence; anything else is a defect and shows its stack. */
export function printFailure(error: unknown): number {
  if (error instanceof InterruptedError) {
    console.error('Stopped. Run the same command again to go on.');
    return INTERRUPTED_EXIT_CODE;
  }
  const code = codeOf(error);
  if (isDiskFull(error)) {
    console.error('The disk that PostgreSQL writes to is full. Make room and run the same command again: it goes on where it was.');
  } else if (error instanceof Error && isAway(error, code)) {
    console.error(`${error.message}\n${AWAY}`);
  } else if (error instanceof Error && code !== undefined && !DEFECTS.includes(error.name)) {
    console.error(error.message.includes(code) ? error.message : `${error.message} (${code})`);
    const advice = ADVICE[code];
    if (advice !== undefined) console.error(advice);
  } else {
    console.error(error);
  }
  return 1;
}

/** Node's own checks of arguments, and PostgreSQL's answers (named `error`), have codes too. */
const DEFECTS = ['TypeError', 'RangeError', 'error'];

/** Said by PostgreSQL, or the reason why the store is not available, or what a server printed that cannot start. */
const isDiskFull = (error: unknown): boolean =>
  codeOf(error) === DISK_FULL || (error instanceof Error && (codeOf(error.cause) === DISK_FULL || error.message.includes('No space left on device')));
const DISK_FULL = '53100';

/** Said by the store or the server of the data folder, or by whatever else asks PostgreSQL. */
const isAway = (error: unknown, code: string | undefined): boolean => code === 'unavailable' || code === 'databaseLost' || isConnectionLost(error) || code === TOO_MANY_CONNECTIONS;
const TOO_MANY_CONNECTIONS = '53300';
