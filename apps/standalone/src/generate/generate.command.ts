import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { InvalidArgumentError, type Command } from 'commander';

import { codeOf, unusableFile } from '../errors';
import { whole } from '../progress';
import { GenerateError } from './errors';
import { checkOptions, DEMO_HISTORY, generateHistory, type GenerateOptions } from './generate-history';

const CHUNK_CHARS = 65_536;

/** Adds `generate` to the program's commands: a synthetic history file, to a file or to stdout. */
export function addGenerateCommand(program: Command): void {
  program
    .command('generate')
    .description('write a synthetic history file (CSV); the same seed gives the same bytes')
    .option('--placements <n>', 'number of placements, 1 to 10000000', wholeNumber, DEMO_HISTORY.placements)
    .option('--seed <n>', 'seed, 0 to 4294967295', wholeNumber, DEMO_HISTORY.seed)
    .option('--out <file>', 'file to write; stdout when absent')
    .option('--errors <share>', 'share of lines followed by one that an import must refuse, 0 to 1', share, 0)
    .action(async ({ out, ...options }: GenerateOptions & { readonly out?: string }) => {
      try {
        await (out === undefined ? printHistory(options) : writeHistory(options, out));
      } catch (error) {
        if (!(error instanceof GenerateError)) throw error;
        program.error(error.message);
      }
    });
}

async function writeHistory(options: GenerateOptions, file: string): Promise<void> {
  // Before the file is opened, which empties it.
  checkOptions(options);
  let lines = 0;
  const counted = function* () {
    for (const line of generateHistory(options)) {
      lines += 1;
      yield line;
    }
  };
  try {
    await pipeline(chunksOf(counted()), createWriteStream(file));
  } catch (error) {
    throw typeof error === 'object' && error !== null && 'syscall' in error ? unusableFile(file, 'written', error) : error;
  }
  console.log(`Written: ${file}, ${whole(lines)} lines (placements=${options.placements} seed=${options.seed}).`);
}

/** `generate | head` ends quietly. */
async function printHistory(options: GenerateOptions): Promise<void> {
  try {
    await pipeline(chunksOf(generateHistory(options)), process.stdout, { end: false });
  } catch (error) {
    if (codeOf(error) !== 'EPIPE') throw error;
  }
}

/** As fast as the target takes them, in constant memory. */
const chunksOf = (lines: Iterable<string>): Readable => Readable.from(chunked(lines), { objectMode: true, highWaterMark: 4 });

function* chunked(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('not a whole number');
  return Number(text);
}

function share(text: string): number {
  if (!/^(0|1|0?\.\d{1,6})$/.test(text)) throw new InvalidArgumentError('not a share from 0 to 1');
  return Number(text);
}
