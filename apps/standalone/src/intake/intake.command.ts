import { amsterdamDay } from '@bestendig/duurzaamheid-domain';
import { SOURCE } from '@bestendig/hr-messages';
import {
  DEAD_LETTER_STATES,
  openIntake,
  SUMMARY_DAYS,
  SUMMARY_DAYS_MAX,
  type DeadLetterState,
  type Intake,
} from '@bestendig/intake';
import { addDays } from '@bestendig/placement-domain';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { StandaloneError } from '../errors';
import { withInstallation } from '../installation';
import { whole } from '../progress';
import { readSettings } from '../settings';
import { deadLettersText, summaryText } from './intake-text';

/** As in the API where there are no tokens: whoever is on this machine. */
const BY = 'local';
const LETTERS_SHOWN = 100;
const LETTERS_SHOWN_MAX = 1_000;

type Period = { readonly from?: string; readonly until?: string };
type OfSource = { readonly source?: string };
type Listed = OfSource & { readonly state?: DeadLetterState; readonly limit: number };
type Redriven = OfSource & { readonly code?: string; readonly all: boolean };

/** Adds `intake` to the program's commands: what became of messages, and dead letters. */
export function addIntakeCommand(program: Command): void {
  const intake = program.command('intake').description('what became of messages: summary, dead-letters, re-drive');
  intake
    .command('summary')
    .description('by source and day of receipt: how many of each outcome, and what was set aside most often')
    .option('--source <source>', 'one source only', sourceOf)
    .option('--from <day>', `first day (Europe/Amsterdam); by default ${SUMMARY_DAYS} days up to the last`, dayOf)
    .option('--until <day>', 'last day; by default today', dayOf)
    .action(showSummary);
  intake
    .command('dead-letters')
    .description(
      'messages from Kafka that were set aside: why, and whether they are to be, or were, sent again; newest first',
    )
    .option('--source <source>', 'of one source only', sourceOf)
    .addOption(
      new Option(
        '--state <state>',
        'open: not asked to be sent again; asked: not sent yet; sent: again in its topic',
      ).choices(DEAD_LETTER_STATES),
    )
    .option('--limit <count>', `how many to show (1 to ${LETTERS_SHOWN_MAX})`, limitOf, LETTERS_SHOWN)
    .action(listDeadLetters);
  intake
    .command('re-drive')
    .argument('[delivery...]', 'the dead letters to send again, as dead-letters names their deliveries')
    .option('--source <source>', 'those of one source', sourceOf)
    .option('--code <code>', 'those with one code', codeOf)
    .option('--all', 'all', false)
    .description('ask for dead letters to be sent again; whoever takes messages from Kafka does it')
    .action(redrive);
}

async function showSummary({ source, ...given }: OfSource & Period): Promise<void> {
  const period = periodOf(given, amsterdamDay(new Date().toISOString()));
  await withIntake(async (intake) => {
    console.log(summaryText(period, await intake.summary({ ...period, ...(source === undefined ? {} : { source }) })));
  });
}

/** @throws StandaloneError `settingInvalid` */
export function periodOf({ from, until }: Period, today: string): Required<Period> {
  const last = until ?? today;
  const first = from ?? addDays(last, 1 - SUMMARY_DAYS);
  if (first > last)
    throw new StandaloneError('settingInvalid', '--from must not be after --until, which is today by default.');
  if (addDays(first, SUMMARY_DAYS_MAX) <= last)
    throw new StandaloneError(
      'settingInvalid',
      `A summary is of ${SUMMARY_DAYS_MAX} days at most: say another --from or --until.`,
    );
  return { from: first, until: last };
}

async function listDeadLetters({ limit, ...filter }: Listed): Promise<void> {
  await withIntake(async (intake) => {
    const letters = await intake.deadLetters.list({ ...filter, limit: limit + 1 });
    console.log(deadLettersText(letters.slice(0, limit)));
    if (letters.length > limit)
      console.log(
        `There are more than these ${whole(limit)}: --limit shows up to ${whole(LETTERS_SHOWN_MAX)}, --source and --state those of a kind.`,
      );
  });
}

async function redrive(origins: readonly string[], { all, ...kind }: Redriven): Promise<void> {
  const ways = [origins.length > 0, Object.keys(kind).length > 0, all].filter(Boolean).length;
  if (ways !== 1)
    throw new StandaloneError(
      'settingInvalid',
      'Name deliveries, or --source and --code or one of them, or --all: the dead letters to send again.',
    );
  await withIntake(async (intake) => {
    await requireKnown(intake, origins);
    const count = await intake.deadLetters.ask({ by: BY, ...kind, ...(origins.length === 0 ? {} : { origins }) });
    console.log(
      count === 0
        ? 'No such dead letter is open: it was asked for or sent before, or came back too often. npm run intake -- dead-letters shows them.'
        : `${whole(count)} dead ${count === 1 ? 'letter is' : 'letters are'} sent again as soon as messages are taken from Kafka.`,
    );
  });
}

/** @throws StandaloneError `deadLetterUnknown` */
async function requireKnown({ deadLetters }: Intake, origins: readonly string[]): Promise<void> {
  const known = new Set((await deadLetters.byOrigins(origins)).map(({ origin }) => origin));
  const places = origins.flatMap((origin, at) => (known.has(origin) ? [] : [at + 1]));
  if (places.length === 0) return;
  throw new StandaloneError(
    'deadLetterUnknown',
    `Of the ${origins.length} named, number ${places.join(', ')} ${places.length === 1 ? 'is' : 'are'} no dead letter: none is sent again. npm run intake -- dead-letters shows them.`,
  );
}

/** Does the work on the ledger of the installation, and leaves. */
async function withIntake(work: (intake: Intake) => Promise<void>): Promise<void> {
  await withInstallation(readSettings(process.env), async ({ databaseUrl }) => {
    const intake = await openIntake(databaseUrl);
    try {
      await work(intake);
    } finally {
      await intake.close();
    }
  });
}

/** A rule over an argument; no message repeats what was given. */
const checked =
  (holds: (text: string) => boolean, says: string) =>
  (text: string): string => {
    if (!holds(text)) throw new InvalidArgumentError(says);
    return text;
  };
const sourceOf = checked((text) => SOURCE.test(text), 'A source is urn:nld:oin:<20 digits>:systeem:<name>.');
const codeOf = checked((text) => /^[A-Za-z][A-Za-z0-9]{0,63}$/.test(text), 'A code is letters and digits.');
export const dayOf = checked(
  (text) => /^2\d{3}-\d\d-\d\d$/.test(text) && isInCalendar(text),
  'A day is one of the calendar from 2000 on, 2026-03-31.',
);
const isInCalendar = (day: string): boolean => {
  const moment = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day);
};
const isLimit = checked(
  (text) => /^[1-9]\d{0,3}$/.test(text) && Number(text) <= LETTERS_SHOWN_MAX,
  `A number from 1 to ${LETTERS_SHOWN_MAX}.`,
);
const limitOf = (text: string): number => Number(isLimit(text));
