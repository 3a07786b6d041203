import { EXISTING_SHARE, firstDeliveries, months, newcomer, type Month } from './arrivals';
import { REPORTED_BEFORE } from './assumptions';
import { dayNumberOf } from './calendar';
import { createEmployers, type Employers } from './employers';
import { GenerateError } from './errors';
import { COLUMNS, lineOf } from './history-line';
import { factsOf } from './life-facts';
import { messagesOf } from './messages';
import { disordered } from './disorder';
import { personOf, type Start } from './persons';
import { planOf } from './plan';
import { createRandom, type Random } from './random';
import { withRefusedLines } from './refused-lines';
import { sendWithSlips } from './slips';
import { createStartQueue, type StartQueue } from './start-queue';

export type GenerateOptions = {
  /** How many placements (employment keys) the file registers: 1 to 10,000,000. */
  readonly placements: number;
  /** The same seed gives the same bytes. */
  readonly seed: number;
  /** Share of lines after which comes one that an import must refuse; 0 unless given. */
  readonly errors?: number;
};

export const PLACEMENTS_MAX = 10_000_000;
/** The history of the demo; docs/synthetic-data.md says what it measures. */
export const DEMO_HISTORY = { placements: 20_000, seed: 1 } as const satisfies GenerateOptions;
/** Start day of those who fill up the number at the very end: early enough to have been reported. */
const LAST_START = dayNumberOf(2026, 5, 16);

type Run = {
  readonly placements: number;
  readonly seed: number;
  readonly employers: Employers;
  readonly queue: StartQueue;
  readonly random: Random;
  persons: number;
  existing: number;
  emitted: number;
};

/**
 * A synthetic history file, line by line (without line ends): comments, the header, then the facts, placement by
 * placement in the order in which they start. Nothing is kept but the placements that are still to come of persons at
 * work, and some two hundred lines that come late.
 *
 * @throws GenerateError when an option is out of bounds.
 */
export function* generateHistory(options: GenerateOptions): Generator<string> {
  checkOptions(options);
  yield* header(options);
  const disorder = createRandom(options.seed, 1, 3);
  const lines = disordered(disorder, blocks(options));
  yield* options.errors === undefined || options.errors === 0
    ? lines
    : withRefusedLines(createRandom(options.seed, 1, 4), options.errors, lines);
}

/** @throws GenerateError when an option is out of bounds. */
export function checkOptions({ placements, seed, errors }: GenerateOptions): void {
  if (!Number.isInteger(placements) || placements < 1 || placements > PLACEMENTS_MAX) throw new GenerateError('placementsOutOfBounds');
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) throw new GenerateError('seedOutOfBounds');
  if (errors !== undefined && !(errors >= 0 && errors <= 1)) throw new GenerateError('errorsOutOfBounds');
}

function* header({ placements, seed, errors }: GenerateOptions): Generator<string> {
  yield '# SYNTHETIC DATA: no person, employer or source in this file exists. Made by: npm run generate';
  yield `# placements=${placements} seed=${seed}${errors === undefined || errors === 0 ? '' : ` errors=${errors}`}; nothing is reported on or after 2026-06-01`;
  yield '# Calibrated on published figures of UWV and SZW about the Banenafspraak (still or again at work after a year; same job; starters;';
  yield '# quarterly loss of work; hours on permanent contracts; proefplaatsing). All else is assumption: see docs/synthetic-data.md';
  yield COLUMNS.join(',');
}

/** The lines of one placement after another. */
function* blocks({ placements, seed }: GenerateOptions): Generator<readonly string[]> {
  const run: Run = {
    placements, seed, employers: createEmployers(placements, seed), queue: createStartQueue(), random: createRandom(seed, 1, 2), persons: 0, existing: 0, emitted: 0,
  }; // prettier-ignore
  for (const month of months()) {
    fillMonth(run, month);
    yield* upTo(run, month.nextFirstDay);
  }
  while (run.emitted < placements) {
    run.queue.push(newcomer(run.random, nextPerson(run), LAST_START - 45, LAST_START));
    yield* upTo(run, REPORTED_BEFORE);
  }
}

/** Existing workers of first deliveries, and as many newcomers as the month is short of its share. */
function fillMonth(run: Run, month: Month): void {
  for (const { source, day, workers } of firstDeliveries(month, run.placements)) {
    run.existing += workers;
    for (let worker = 0; worker < workers; worker += 1) {
      run.queue.push({ day, origin: 'existing', person: nextPerson(run), job: 1, second: false, source, from: null });
    }
  }
  const aim = Math.floor(run.placements * (1 - EXISTING_SHARE) * month.shareByEnd) + run.existing;
  const missing = aim - run.emitted - run.queue.before(month.nextFirstDay);
  for (let index = 0; index < missing; index += 1) {
    run.queue.push(newcomer(run.random, nextPerson(run), month.firstDay, month.nextFirstDay));
  }
}

function nextPerson(run: Run): number {
  run.persons += 1;
  return run.persons;
}

function* upTo(run: Run, day: number): Generator<readonly string[]> {
  for (;;) {
    const start = run.queue.peek();
    if (start === undefined || start.day >= day || run.emitted >= run.placements) return;
    run.queue.pop();
    yield blockOf(run, start);
  }
}

function blockOf(run: Run, start: Start): readonly string[] {
  const random = createRandom(run.seed, start.person, start.job * 2 + (start.second ? 1 : 0) + 16);
  const plan = planOf(random, start, personOf(run.seed, start.person), run.employers);
  const messages = messagesOf(random, plan, factsOf(random, plan, run.employers), sendWithSlips);
  // A placement whose registration comes after the end of the file is not of this file.
  if (!messages.some(({ content }) => content.kind === 'fact' && content.fact.type === 'PlacementRegistered')) return [];
  run.emitted += 1;
  for (const following of plan.following) if (following.day < REPORTED_BEFORE) run.queue.push(following);
  return messages.map((message) => lineOf(plan, message));
}
