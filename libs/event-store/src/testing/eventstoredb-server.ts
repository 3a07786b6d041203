import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GenericContainer, Wait } from 'testcontainers';

/** A server for the length of a test file. */
export type TestServer = { readonly url: string; stop(): Promise<void> };
/** How a server can be had on this machine, or why it cannot. */
export type FoundServer = { readonly from: string; start(): Promise<TestServer> } | { readonly missing: string };

const IMAGE = 'docker.kurrent.io/kurrent-latest/kurrentdb:latest';
const PORT = 2113;
const INSECURE = { KURRENTDB_INSECURE: 'true', KURRENTDB_RUN_PROJECTIONS: 'None', KURRENTDB_MEM_DB: 'true' };
const STARTING_MS = 60_000;

/**
 * In this order: EVENTSTOREDB_URL, a server that is running; EVENTSTOREDB_COMMAND, a program that runs one in the foreground, given a port and a data
 * folder; a Docker engine, where one answers (image in EVENTSTOREDB_IMAGE).
 */
export function findEventStoreDb(environment: Readonly<Record<string, string | undefined>> = process.env): FoundServer {
  const url = environment['EVENTSTOREDB_URL'] ?? '';
  if (url !== '') return { from: 'EVENTSTOREDB_URL', start: async () => ({ url, stop: async () => undefined }) };
  const command = eventStoreDbCommand(environment);
  if (command !== null) return { from: 'EVENTSTOREDB_COMMAND', start: () => startAlone(command) };
  if (dockerAnswers()) return { from: 'Docker', start: () => startContainer(environment['EVENTSTOREDB_IMAGE'] ?? IMAGE) };
  return { missing: 'there is no EVENTSTOREDB_URL, no EVENTSTOREDB_COMMAND and no Docker engine' };
}

/** For tests that kill and freeze the server, which takes a server of their own. */
export function eventStoreDbCommand(environment: Readonly<Record<string, string | undefined>> = process.env): string | null {
  return environment['EVENTSTOREDB_COMMAND'] || null;
}

export const NO_COMMAND = 'it needs a server that it may kill: set EVENTSTOREDB_COMMAND';

/** A server of a test's own, which it may kill, freeze and start again on the same data and the same port. */
export class OwnServer {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly command: string,
    readonly folder: string,
    readonly port: number,
  ) {}

  static async start(command: string): Promise<OwnServer> {
    const server = new OwnServer(command, mkdtempSync(join(tmpdir(), 'bestendig-esdb-')), await freePort());
    await server.startAgain();
    return server;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** @param waitUntilLive false: the server is left to its starting */
  async startAgain(waitUntilLive = true): Promise<void> {
    this.child = spawn(this.command, [String(this.port), join(this.folder, 'data')], { stdio: 'ignore' });
    if (waitUntilLive) await untilLive(`http://127.0.0.1:${this.port}`);
  }

  /** As when the machine's power goes. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function startAlone(command: string): Promise<TestServer> {
  const server = await OwnServer.start(command);
  return { url: server.url, stop: () => server.stop() };
}

async function startContainer(image: string): Promise<TestServer> {
  const container = await new GenericContainer(image).withEnvironment(INSECURE).withExposedPorts(PORT).withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCode(204)).start();
  return { url: `esdb://${container.getHost()}:${container.getMappedPort(PORT)}?tls=false`, stop: async () => void (await container.stop()) };
}

function dockerAnswers(): boolean {
  if (!existsSync('/var/run/docker.sock') && process.env['DOCKER_HOST'] === undefined) return false;
  return spawnSync('docker', ['info'], { timeout: 10_000, stdio: 'ignore' }).status === 0;
}

async function untilLive(origin: string): Promise<void> {
  for (const untilMs = Date.now() + STARTING_MS; Date.now() < untilMs; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const status = await fetch(`${origin}/health/live`).then((answer) => answer.status, () => null); // prettier-ignore
    if (status === 204) return;
  }
  throw new Error('The EventStoreDB did not start in time.');
}

/** A port nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
