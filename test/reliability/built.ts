import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** The programs as they ship, built in a folder of their own: what is killed must be a process. */
export type Built = { readonly main: string; remove(): void };

export async function build(): Promise<Built> {
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-built-'));
  const swc = spawn(process.execPath, [join(ROOT, 'node_modules/.bin/swc'), 'apps', 'libs', '-d', folder, '--config-file', '.swcrc', '--quiet'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  const { code, stderr } = await ended(swc);
  if (code !== 0) throw new Error(`The build failed: ${stderr}`);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const remove = () => {
    // Only what a test that failed left running.
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  return { main: join(folder, 'apps/standalone/src/main.js'), remove };
}

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stdout: string; readonly stderr: string };

/** A command that runs: what it has said so far, and how it ended. */
export type Running = { readonly child: ChildProcess; readonly said: () => string; readonly ended: Promise<Ended> };

export type Environment = { readonly BESTENDIG_DATA: string; readonly PORT?: string; readonly DATABASE_URL?: string; readonly BESTENDIG_SECRET?: string; readonly KAFKA_HOME?: string; readonly KAFKA_PORT?: string; readonly KAFKA_BROKERS?: string } & Partial<ClockEnvironment>;
/** A clock of its own (jumping-clock.ts). */
export type ClockEnvironment = Readonly<Record<'LD_PRELOAD' | 'FAKETIME_TIMESTAMP_FILE' | 'FAKETIME_NO_CACHE' | 'FAKETIME_DONT_FAKE_MONOTONIC' | 'NO_FAKE_STAT', string>>;

const children = new Set<ChildProcess>();

export function launch(main: string, args: readonly string[], environment: Environment, input?: string): Running {
  const { PATH, HOME, TMPDIR, JAVA_HOME } = process.env;
  const child = spawn(process.execPath, [main, ...args], { env: { PATH, HOME, TMPDIR, JAVA_HOME, PORT: '0', ...environment }, stdio: ['pipe', 'pipe', 'pipe'], cwd: environment.BESTENDIG_DATA });
  children.add(child);
  child.on('close', () => children.delete(child));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, said: () => said, ended: ended(child) };
}

function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
}

/** Waits until a command has said something. */
export async function until({ said, ended: end }: Running, what: RegExp, msMax = 60_000): Promise<RegExpExecArray> {
  const limit = Date.now() + msMax;
  let over = false;
  void end.then(() => (over = true));
  for (;;) {
    const found = what.exec(said());
    if (found !== null) return found;
    if (over) throw new Error(`It ended without saying ${what}: ${said()}\n${(await end).stderr}`);
    if (Date.now() > limit) throw new Error(`It did not say ${what} in time: ${said()}`);
    await new Promise((next) => setTimeout(next, 20));
  }
}
