import { createHash } from 'node:crypto';
import { ARRANGEMENTS, END_CODES, KETEN, PROEFPLAATSING, PROEFTIJD, SECTORS } from '@bestendig/placement-domain';
import { PIECE_STATES } from './chains/chain-codes';
import { TABLES } from './change-set';
import { tableStatements } from './versioned-table';

/** The one set of read models that there is; every table in it is at one checkpoint. */
export const READ_MODELS = 'read-models';

/** Raised whenever a fold or the timeline gives other rows for the same events. */
const FOLD_VERSION = 2;

/**
 * Of everything that decides over the rows: the folds, the tables, the code lists and the dated policy rows. A build with
 * another fingerprint is not continued but made anew.
 */
export const FINGERPRINT: string = createHash('sha256')
  .update(
    JSON.stringify({
      FOLD_VERSION,
      tables: TABLES.map((table) => tableStatements<never>(table, 'schema')),
      codes: [SECTORS, ARRANGEMENTS, PIECE_STATES],
      policies: [KETEN, PROEFPLAATSING, PROEFTIJD, END_CODES],
    }),
  )
  .digest('hex')
  .slice(0, 16);
