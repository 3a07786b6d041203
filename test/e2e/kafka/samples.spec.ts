import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { transformFileSync } from '@swc/core';
import { describeWhere, describeWithKafka } from '@bestendig/testing';
import { RunningIngest } from './running-ingest';

jest.setTimeout(120_000);

const SAMPLES = resolve(__dirname, '../../../docs/samples');
const KAFKA_JARS = join(process.env['KAFKA_HOME'] ?? '', 'libs', '*');

type Sample = {
  readonly name: string;
  readonly command: string;
  readonly args: (folder: string) => readonly string[];
  /** Why it cannot be run here; null where it can. */
  readonly missing: string | null;
};

const runs = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;

/** Compiled beside node_modules, where its package is found. */
function compiled(folder: string): string {
  const { code } = transformFileSync(join(SAMPLES, 'first-event.ts'), {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const file = join(folder, 'first-event.js');
  writeFileSync(file, code);
  return file;
}

/** That of the system beside the one that is found first: a distribution's packages are seen by its own alone. */
const python = ['python3', '/usr/bin/python3'].find((command) => runs(command, '-c', 'import confluent_kafka'));
const hasJava = runs('javac', '--version') && process.env['KAFKA_HOME'] !== undefined;

const SAMPLES_RUN: readonly Sample[] = [
  { name: 'TypeScript', command: process.execPath, args: (folder) => [compiled(folder)], missing: null },
  {
    name: 'Python',
    command: python ?? '',
    args: () => [join(SAMPLES, 'first_event.py')],
    missing: python === undefined ? 'there is no python3 with confluent-kafka' : null,
  },
  {
    name: 'Java',
    command: 'java',
    args: () => ['-cp', KAFKA_JARS, join(SAMPLES, 'FirstEvent.java')],
    missing: hasJava ? null : 'there is no JDK with the jars of KAFKA_HOME',
  },
];

describeWithKafka('the samples of docs/integrate.md', (kafka) => {
  let ingest: RunningIngest;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(resolve(__dirname, '../../../node_modules/.sample-'));
    ingest = await RunningIngest.start(kafka().broker);
  });
  afterAll(async () => {
    await ingest.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const { name, command, args, missing } of SAMPLES_RUN)
    describeWhere(missing, `in ${name}`, () => {
      test('both messages are accepted', async () => {
        const { said, code } = await run(command, args(folder), {
          KAFKA_BROKERS: kafka().broker,
          HR_FACTS_TOPIC: ingest.options.factsTopic,
          HR_OUTCOMES_TOPIC: ingest.options.outcomesTopic,
        });
        expect([code, said.match(/^E-\d+-[12]: accepted$/gm)?.length, said]).toEqual([0, 2, said]);
      });
    });
});

function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly said: string; readonly code: number | null }> {
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 90_000,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((done, failed) => child.on('error', failed).on('close', (code) => done({ said, code })));
}
