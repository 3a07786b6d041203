export const STANDALONE_ERRORS = [
  'settingInvalid', // an environment variable or flag does not have its form
  'secretUnusable', // the secret key file cannot be read or made
  'secretDiffers', // the database was filled under another secret
  'alreadyServed', // another `start` serves this database
  'serverRuns', // the command needs the database for itself
  'fileUnusable', // a file cannot be read or written, or changed while it was read
  'asReportedRefused', // the database holds something else than an unfinished run of the same file
  'nothingToRestore', // the store to copy from is empty
  'readModelsStuck', // the read models do not catch up
  'awaitsApproval', // a new version's read models differ from those before and wait for somebody to approve
  'deadLetterUnknown', // a delivery that is no dead letter
  'kafkaMissing', // --kafka without Java or the broker's jars
  'databaseLost', // PostgreSQL went away and did not come back
] as const; // prettier-ignore
export type StandaloneErrorCode = (typeof STANDALONE_ERRORS)[number];

/** Something the person at the terminal can do something about: its message is printed, without a stack. */
export class StandaloneError extends Error {
  constructor(
    readonly code: StandaloneErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'StandaloneError';
  }
}

/** The code that Node's and PostgreSQL's errors carry; undefined where there is none. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Tells in words what is the matter with a file; of an error that is none of the file system, its own. */
export function unusableFile(file: string, done: 'read' | 'written', error: unknown): StandaloneError {
  const why = FILE_TROUBLE[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
  return new StandaloneError('fileUnusable', `${file} cannot be ${done}: ${why}.`, { cause: error });
}

const FILE_TROUBLE: Readonly<{ [code: string]: string }> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'part of its path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'its owner does not allow it',
  EPERM: 'its owner does not allow it',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
};
