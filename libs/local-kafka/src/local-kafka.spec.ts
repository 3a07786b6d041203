import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltKafka, describeWithKafka } from '@bestendig/testing';
import { findKafka } from './find-kafka';
import { LocalKafkaError, startLocalKafka, type LocalKafka } from './local-kafka';

jest.setTimeout(120_000);

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'bestendig-local-kafka-'));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const portOf = (broker: string): number => Number(broker.split(':')[1]);
const answers = (broker: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(portOf(broker), '127.0.0.1');
    socket.once('error', () => resolve(false)).once('connect', () => resolve(socket.destroy().destroyed));
  });

/** Processes that were started with this folder in their arguments. */
const processesOf = (folder: string): readonly string[] =>
  execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n').filter((line) => line.includes(folder)); // prettier-ignore

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + 30_000; !(await isSo()); await sleep(50))
    if (Date.now() > limit) throw new Error('It did not come about.');
}

function foundKafka() {
  const found = findKafka(process.env);
  if ('missing' in found) throw new Error(found.missing);
  return found;
}

const codeOf = (starting: Promise<unknown>): Promise<unknown> =>
  starting.then(
    () => 'started',
    (error: unknown) => (error instanceof LocalKafkaError ? error.code : error),
  );

describeWithKafka('a broker of one\'s own', (kafka) => {
  const own = (): LocalKafka => {
    const { own: broker } = kafka();
    if (broker === null) throw new Error('not our own');
    return broker;
  };

  test('is killed and started again at its port, as often as asked', async () => {
    const { broker } = own();
    await own().start();
    await own().kill();
    await own().kill();
    expect(await answers(broker)).toBe(false);
    await own().start();
    expect(own().broker).toBe(broker);
    expect(await answers(broker)).toBe(true);
  });

  test('stops in good order, also when it was frozen before', async () => {
    own().pause();
    own().resume();
    await own().stop();
    expect(await answers(own().broker)).toBe(false);
    await own().start();
  });

  test('ends with the process that started it, also where that one is killed', async () => {
    const folder = newFolder();
    const built = BuiltKafka.build();
    try {
      const starter = built.run(`localKafka.startLocalKafka(args).then(({ broker }) => console.log(broker));`, { ...foundKafka(), folder });
      const [broker = ''] = await starter.said(1);
      expect(await answers(broker)).toBe(true);
      expect(processesOf(folder).length).toBeGreaterThan(0);
      await starter.kill();
      await until(() => processesOf(folder).length === 0);
      expect(await answers(broker)).toBe(false);
    } finally {
      await built.remove();
    }
  });

  test('says why it does not start, and leaves nothing running', async () => {
    const [taken, broken, unwritable] = [newFolder(), newFolder(), join(newFolder(), 'file')];
    expect(await codeOf(startLocalKafka({ ...foundKafka(), folder: taken, port: portOf(own().broker) }))).toBe('portTaken');
    mkdirSync(join(broken, 'libs'));
    writeFileSync(join(broken, 'libs/kafka_2.13-0.jar'), '');
    expect(await codeOf(startLocalKafka({ ...foundKafka(), kafkaHome: broken, folder: join(broken, 'data') }))).toBe('notFormatted');
    writeFileSync(unwritable, '');
    expect(await codeOf(startLocalKafka({ ...foundKafka(), folder: unwritable }))).toBe('notFormatted');
    for (const folder of [taken, broken, unwritable]) expect(processesOf(folder)).toEqual([]);
  });

  test('that ends by itself while it starts is told with its last words', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'data/meta.properties'), 'version=1\n');
    const starting = startLocalKafka({ ...foundKafka(), folder });
    await expect(starting).rejects.toMatchObject({ code: 'notStarted', message: expect.stringMatching(/did not start: .+/) as string });
    expect(processesOf(folder)).toEqual([]);
  });
}, { mustBeOwn: true }); // prettier-ignore
