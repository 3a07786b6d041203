import {
  OUTCOMES,
  type DeadLetter,
  type IntakeSummary,
  type Offender,
  type OutcomeCounts,
  type Tally,
} from '@bestendig/intake';
import { whole } from '../progress';

type Row = readonly string[];

/** Rows under a heading, in columns as wide as their longest cell; those named as numbers end at the same place. */
export function table(heading: Row, rows: readonly Row[], numbers: readonly string[] = []): readonly string[] {
  const widths = heading.map((name, at) =>
    rows.reduce((width, row) => Math.max(width, row[at]?.length ?? 0), name.length),
  );
  const lineOf = (row: Row): string =>
    row
      .map((cell, at) =>
        numbers.includes(heading[at] ?? '') ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join('  ');
  return [heading, ...rows].map((row) => `  ${lineOf(row)}`.trimEnd());
}

/** A summary for people: what became of messages by source and day, and what was set aside most often. */
export function summaryText(
  { from, until }: { readonly from: string; readonly until: string },
  summary: IntakeSummary,
): string {
  const { sources, sourcesLeftOut, withoutSource } = summary;
  const unnamed =
    withoutSource === null || totalOf(withoutSource.outcomes) === 0
      ? []
      : ['', ...tallyLines('No source could be read, or it may not be kept', withoutSource, false)];
  const parts = sources.map(({ source, last, ...tally }) => [
    ...['', ...tallyLines(source, tally, true)],
    `  last: ${last.messageId ?? last.origin}, ${last.outcome}, ${moment(last.receivedAt)}`,
  ]);
  if (parts.length === 0 && unnamed.length === 0) return `No message was delivered from ${from} to ${until}.`;
  const more =
    sourcesLeftOut === 0
      ? []
      : ['', `${whole(sourcesLeftOut)} more sources are left out here: name one with --source.`];
  return [
    `What became of the messages delivered from ${from} to ${until}, by day (Europe/Amsterdam)`,
    ...parts.flat(),
    ...unnamed,
    ...more,
  ].join('\n');
}

function tallyLines(title: string, { outcomes, days, offenders }: Tally, named: boolean): readonly string[] {
  const counted = (name: string, counts: OutcomeCounts): Row => [
    name,
    ...OUTCOMES.map((outcome) => whole(counts[outcome])),
    whole(totalOf(counts)),
  ];
  const rows = [...days.map((one) => counted(one.day, one.outcomes)), counted('all', outcomes)];
  const worst = table(
    ['set aside as', 'why', 'times', 'fields most often wrong', named ? 'for example' : ''],
    offenders.map((one) => offenderRow(one, named)),
    ['times'],
  );
  return [
    title,
    ...table(['day', ...OUTCOMES, 'total'], rows, [...OUTCOMES, 'total']),
    ...(offenders.length === 0 ? [] : worst),
  ];
}

const offenderRow = ({ outcome, reason, count, fields, example }: Offender, named: boolean): Row => [
  ...[
    outcome,
    reason ?? '',
    whole(count),
    fields.map(({ field, count: times }) => `${field === '' ? 'message' : field} (${whole(times)})`).join(', '),
  ],
  named ? (example.messageId ?? example.origin) : '',
];

const totalOf = (counts: OutcomeCounts): number => OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);

/** Dead letters for people, newest first. */
export function deadLettersText(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'There is no such dead letter.';
  const rows = letters.map(({ origin, source, messageId, code, cycle, state, writtenAt, problem }) => [
    ...[moment(writtenAt), state, code, String(cycle), origin, source ?? '-', messageId ?? '-', problem ?? ''],
  ]);
  return table(['written', 'state', 'code', 'cycle', 'delivery', 'source', 'message', 'not sent because'], rows, [
    'cycle',
  ]).join('\n');
}

/** Seconds are enough to read. */
const moment = (instant: string): string => `${instant.slice(0, 19)}Z`;
