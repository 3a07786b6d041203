import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { InvalidArgumentError, type Command } from 'commander';

import { GenerateError } from './errors';
import { DEMO_HISTORY, generateHistory, type GenerateOptions } from './generate-history';

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
        await writeHistory(options, out);
      } catch (error) {
        if (!(error instanceof GenerateError)) throw error;
        program.error(error.message);
      }
    });
}

/** Writes as fast as the target takes it, in constant memory. `generate | head` ends quietly. */
async function writeHistory(options: GenerateOptions, out: string | undefined): Promise<void> {
  const chunks = Readable.from(chunked(generateHistory(options)), { objectMode: true, highWaterMark: 4 });
  if (out !== undefined) return pipeline(chunks, createWriteStream(out));
  try {
    await pipeline(chunks, process.stdout, { end: false });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}

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
