import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { transformFileSync } from '@swc/core';
import { describeWithKafka } from '@bestendig/testing';
import { RunningIngest } from './running-ingest';

jest.setTimeout(120_000);

const SAMPLES = resolve(__dirname, '../../../docs/samples');
const KAFKA_JARS = join(process.env['KAFKA_HOME'] ?? '', 'libs', '*');

type Sample = { readonly name: string; readonly command: string; readonly args: readonly string[]; /** Why it cannot be run here; null where it can. */ readonly missing: string | null };

const runs = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;

/** Compiled beside node_modules, where its package is found. */
function compiled(folder: string): string {
  const { code } = transformFileSync(join(SAMPLES, 'first-event.ts'), { swcrc: false, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } });
  const file = join(folder, 'first-event.js');
  writeFileSync(file, code);
  return file;
}

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

  const samples = (): readonly Sample[] => [
    { name: 'TypeScript', command: process.execPath, args: [compiled(folder)], missing: null },
    { name: 'Python', command: 'python3', args: [join(SAMPLES, 'first_event.py')], missing: runs('python3', '-c', 'import confluent_kafka') ? null : 'there is no python3 with confluent-kafka' },
    { name: 'Java', command: 'java', args: ['-cp', KAFKA_JARS, join(SAMPLES, 'FirstEvent.java')], missing: runs('javac', '--version') && process.env['KAFKA_HOME'] !== undefined ? null : 'there is no JDK with the jars of KAFKA_HOME' },
  ];

  test.each(['TypeScript', 'Python', 'Java'])('%s: both messages are accepted', async (name) => {
    const sample = samples().find((one) => one.name === name);
    if (sample === undefined || sample.missing !== null) {
      // eslint-disable-next-line no-console
      console.warn(`NOT RUN: the sample in ${name}: ${sample?.missing}.`);
      return;
    }
    const { said, code } = await run(sample, { KAFKA_BROKERS: kafka().broker, HR_FACTS_TOPIC: ingest.options.factsTopic, HR_OUTCOMES_TOPIC: ingest.options.outcomesTopic });
    expect([code, said.match(/^E-\d+-[12]: accepted$/gm)?.length, said]).toEqual([0, 2, said]);
  });
});

function run({ command, args }: Sample, environment: Readonly<Record<string, string>>): Promise<{ readonly said: string; readonly code: number | null }> {
  const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 90_000 });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((done, failed) => child.on('error', failed).on('close', (code) => done({ said, code })));
}
