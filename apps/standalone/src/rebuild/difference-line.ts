import type { Difference } from '@bestendig/read-store';
import { whole } from '../progress';

/** Where the rows of two builds differ, for a person at the terminal. */
export const differenceLine = ({ table, liveRows, builtRows, parts, examples }: Difference): string =>
  `  ${table}: ${whole(liveRows)} rows live, ${whole(builtRows)} rebuilt; ${parts} parts differ, e.g. ${examples.join(', ')}`;
