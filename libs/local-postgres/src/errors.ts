export const LOCAL_POSTGRES_ERRORS = [
  'platformUnsupported', // no PostgreSQL is packaged for this machine
  'commandFailed', // a program of PostgreSQL ended badly; the message has what it printed
  'noUser', // root, and no system user to run PostgreSQL as
  'folderNotUsable', // the data folder cannot be written, or not be reached by the user that runs PostgreSQL
  'binariesNotUsable', // the installed PostgreSQL cannot be reached by the user that runs it
  'otherVersion', // the data folder was made by another major version of PostgreSQL
  'notAnswering', // the database cannot be reached
] as const; // prettier-ignore
export type LocalPostgresErrorCode = (typeof LOCAL_POSTGRES_ERRORS)[number];

export class LocalPostgresError extends Error {
  constructor(
    readonly code: LocalPostgresErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'LocalPostgresError';
  }
}

/** The code that Node's and PostgreSQL's errors carry; undefined where there is none. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
