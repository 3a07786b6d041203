import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');
const LIBRARIES = ['libs/kafka', 'libs/local-kafka'];

/** A program of a test's own: what is killed must be a process. */
export type OwnProcess = {
  readonly child: ChildProcess;
  /** Lines that it has written so far. */
  readonly lines: () => readonly string[];
  /** Waits until it has written so many lines. */
  readonly said: (lines: number) => Promise<readonly string[]>;
  /** kill -9. */
  readonly kill: () => Promise<void>;
};

/** The Kafka libraries as they ship, built in a folder of their own. */
export class BuiltKafka {
  private readonly running = new Set<OwnProcess>();

  private constructor(private readonly folder: string) {}

  static build(): BuiltKafka {
    const folder = mkdtempSync(join(tmpdir(), 'bestendig-built-kafka-'));
    const program = join(ROOT, 'node_modules/.bin/swc');
    const args = [program, ...LIBRARIES, '-d', folder, '--config-file', '.swcrc', '--quiet'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    if (status !== 0) throw new Error(`The build failed: ${stderr}`);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return new BuiltKafka(folder);
  }

  /** Runs JavaScript with `kafka` and `localKafka` in reach, and its arguments in `args`. */
  run(script: string, args: unknown): OwnProcess {
    const prelude = `const kafka = require('./libs/kafka/src'), localKafka = require('./libs/local-kafka/src'), args = ${JSON.stringify(args)};`;
    const child = spawn(process.execPath, ['-e', prelude + script], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const lines = () => text.split('\n').slice(0, -1);
    const own: OwnProcess = {
      child,
      lines,
      said: async (count) => {
        for (
          const until = Date.now() + 60_000;
          lines().length < count;
          await new Promise((next) => setTimeout(next, 20))
        )
          if (Date.now() > until || child.exitCode !== null) throw new Error(`The process said only: ${text}`);
        return lines();
      },
      kill: async () => {
        child.kill('SIGKILL');
        await exited;
        this.running.delete(own);
      },
    };
    this.running.add(own);
    return own;
  }

  async remove(): Promise<void> {
    await Promise.all([...this.running].map((one) => one.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
