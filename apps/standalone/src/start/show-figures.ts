import { amsterdamDay } from '@bestendig/duurzaamheid-domain';
import { cohortRetention, duurzaamheid, resolveCut } from '@bestendig/read-models';
import { duurzaamheidText, firstShown, RETENTION_LEGEND, retentionText } from './figures-text';
import type { Server } from './server';

const HORIZONS = [3, 6, 12, 24];

/** Prints what the store knows: the retention table now and as it was known a year earlier, and the duurzaamheid summary. */
export async function showFigures({ store, readStore }: Server): Promise<void> {
  const now = await resolveCut(readStore, store);
  const earlier = await resolveCut(readStore, store, { knownAt: aYearBefore(now.knownAt) });
  const peildatum = amsterdamDay(now.knownAt);
  const asked = { peildatum, cohort: 'quarter', horizons: HORIZONS } as const;
  const [then, before] = [await cohortRetention(readStore, now, asked), await cohortRetention(readStore, earlier, asked)];
  if ('rows' in then && 'rows' in before) {
    const from = firstShown(then);
    console.log(`\n${retentionText('Cohort retention', then, from)}`);
    console.log(`\n${retentionText('The same as known a year earlier', before, from)}`);
  }
  console.log(RETENTION_LEGEND);
  if (now.asReported) console.log('  what was known when rests on when the sources say they reported (--as-reported)');
  const summary = await duurzaamheid(readStore, now, { peildatum, cohort: 'year', horizons: [SUMMARY_HORIZON] });
  console.log(`\n${duurzaamheidText('Duurzaamheid', summary, SUMMARY_HORIZON)}`);
}

const SUMMARY_HORIZON = 12;

/** The moment with the same date and time a year earlier; the 29th of February becomes the 28th. */
function aYearBefore(instant: string): string {
  const earlier = `${String(Number(instant.slice(0, 4)) - 1).padStart(4, '0')}${instant.slice(4)}`;
  return earlier.slice(5, 10) === '02-29' ? `${earlier.slice(0, 5)}02-28${earlier.slice(10)}` : earlier;
}

/** What one can ask the API now. */
export function showQuestions(url: string, withTokens: boolean): void {
  const curl = `curl -s${withTokens ? ' -H "Authorization: Bearer $TOKEN"' : ''}`;
  const paths = ['/v1/cohort-retention?cohort=quarter', '/v1/duurzaamheid?cohort=year', '/v1/placements?limit=3'];
  console.log(['\nAsk it yourself:', ...paths.map((path) => `  ${curl} '${url}${path}'`)].join('\n'));
}
