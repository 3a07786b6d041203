import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FoundKafka } from './find-kafka';

/** A broker of one's own, in a folder, for this machine only. It ends with the process that started it, however that ends. */
export type LocalKafka = {
  /** `host:port`. */
  readonly broker: string;
  /** On the same folder and port; where it runs already, nothing. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT: it answers nothing, and its connections stay open. */
  pause(): void;
  resume(): void;
};

export type LocalKafkaOptions = FoundKafka & {
  /** Kept: a broker started in it again has what it had. */
  readonly folder: string;
  /** By default a free one. */
  readonly port?: number;
};

export const LOCAL_KAFKA_ERRORS = [
  'notStarted', // the broker ended by itself, or took too long
  'notFormatted', // its folder could not be made ready
  'portTaken', // another program listens at the port it is to have
] as const; // prettier-ignore
export class LocalKafkaError extends Error {
  constructor(
    readonly code: (typeof LOCAL_KAFKA_ERRORS)[number],
    message: string,
  ) {
    super(message);
    this.name = 'LocalKafkaError';
  }
}

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 15_000;

/** Makes a broker (KRaft, one node, loopback only) and starts it. @throws LocalKafkaError */
export async function startLocalKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  const { folder } = options;
  const port = options.port ?? (await freePort());
  const settings = join(folder, 'server.properties');
  try {
    // Messages lie there as they were sent, with keys, and with what was refused because it may hold a BSN.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    await writeFile(settings, propertiesOf(port, await freePort(), join(folder, 'data')));
  } catch (error) {
    throw new LocalKafkaError('notFormatted', `The folder of the Kafka broker cannot be written: ${String(error)}`);
  }
  if (!existsSync(join(folder, 'data', 'meta.properties'))) await format(options, settings);
  const broker = new Broker(options, settings, port);
  await broker.start();
  return broker;
}

/** Starts fast, and again fast after a kill; one node can have no copies. Whatever compression a publisher uses can be read. */
const propertiesOf = (port: number, controllerPort: number, data: string): string => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=${data}
auto.create.topics.enable=false
compression.type=uncompressed
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=3
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
`;

async function format({ kafkaHome, java }: FoundKafka, settings: string): Promise<void> {
  const id = randomBytes(16);
  // The tool takes an id that begins with a dash for an option.
  id.writeUInt8(id.readUInt8(0) & 0x7f, 0);
  const cluster = id.toString('base64url');
  try {
    await promisify(execFile)(java, ['-cp', join(kafkaHome, 'libs', '*'), 'kafka.tools.StorageTool', 'format', '-t', cluster, '-c', settings]);
  } catch {
    throw new LocalKafkaError('notFormatted', 'The folder of the Kafka broker could not be made ready.');
  }
}

/**
 * Starts the broker, tells its process id, and kills it when its own input ends, which the death of our process brings
 * about, whatever it dies of.
 */
const WATCHED = `log=$1; shift; exec 3<&0
"$@" >>"$log" 2>&1 </dev/null & broker=$!
echo $broker
{ while read -r _ <&3; do :; done; kill -KILL $broker 2>/dev/null; } & watch=$!
wait $broker; kill $watch 2>/dev/null`;

class Broker implements LocalKafka {
  readonly broker: string;
  private running: { readonly watcher: ChildProcess; readonly pid: number; readonly ended: Promise<unknown> } | null = null;

  constructor(
    private readonly options: LocalKafkaOptions,
    private readonly settings: string,
    private readonly port: number,
  ) {
    this.broker = `127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    if (this.running !== null) return;
    // What answers there would be taken for our broker.
    if (await answers(this.port)) throw new LocalKafkaError('portTaken', `Another program listens at port ${this.port}.`);
    const { java, kafkaHome, folder } = this.options;
    const log = join(folder, 'broker.log');
    const program = [java, '-Xmx512m', '-XX:+UseSerialGC', '-cp', join(kafkaHome, 'libs', '*'), 'kafka.Kafka', this.settings];
    const watcher = spawn('/bin/sh', ['-c', WATCHED, 'sh', log, ...program], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
    const ended = once(watcher, 'exit');
    ended.catch(() => undefined);
    const said: unknown[] | null = await Promise.race([once(watcher.stdout, 'data'), ended]).catch(() => null);
    if (!Buffer.isBuffer(said?.[0])) throw new LocalKafkaError('notStarted', 'The Kafka broker did not start: it needs /bin/sh.');
    this.running = { watcher, pid: Number(said[0].toString().trim()), ended };
    let isOver = false;
    void ended.finally(() => {
      isOver = true;
      if (this.running?.watcher === watcher) this.running = null;
    });
    for (const until = performance.now() + START_MS_MAX; !(await answers(this.port)); await sleep(50)) {
      if (!isOver && performance.now() < until) continue;
      await this.kill();
      throw new LocalKafkaError('notStarted', `The Kafka broker did not start: ${await lastLines(log)}`);
    }
  }

  async stop(): Promise<void> {
    const { running } = this;
    if (running === null) return;
    signalTo(running.pid, 'SIGTERM');
    await Promise.race([running.ended, sleep(STOP_MS_MAX, undefined, { ref: false })]);
    await this.kill();
  }

  async kill(): Promise<void> {
    const { running } = this;
    if (running === null) return;
    signalTo(running.pid, 'SIGKILL');
    await running.ended;
    this.running = null;
  }

  pause(): void {
    if (this.running !== null) signalTo(this.running.pid, 'SIGSTOP');
  }

  resume(): void {
    if (this.running !== null) signalTo(this.running.pid, 'SIGCONT');
  }
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const say = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', say(true)).once('error', say(false)).once('timeout', say(false));
  });
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-3).join(' ').slice(-400);
}
