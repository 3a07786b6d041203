import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findKafka } from './find-kafka';

const folder = mkdtempSync(join(tmpdir(), 'bestendig-find-kafka-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function place(path: string, text = ''): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
  chmodSync(join(folder, path), 0o755);
}

/** A Java that only says which it is. */
const javaThatSays = (name: string, words: string): string => {
  place(`${name}/bin/java`, `#!/bin/sh\n${words}\n`);
  return join(folder, name);
};

beforeAll(() => {
  place('jars/libs/kafka_2.13-4.4.0.jar');
  place('noJars/libs/other.jar');
});

const missingOf = (environment: Record<string, string>): string => {
  const found = findKafka(environment);
  return 'missing' in found ? found.missing : '';
};

test('what is missing is said, and how to get it', () => {
  expect(missingOf({})).toMatch(/KAFKA_HOME is not set.*infra\/kafka/);
  expect(missingOf({ KAFKA_HOME: '' })).toMatch(/KAFKA_HOME is not set/);
  expect(missingOf({ KAFKA_HOME: join(folder, 'nowhere') })).toMatch(/without libs/);
  expect(missingOf({ KAFKA_HOME: join(folder, 'noJars') })).toMatch(/without libs/);
});

test.each([
  ['openjdk 17.0.9 2023-10-17', ''],
  ['openjdk 21 2023-09-19', ''],
  ['openjdk 11.0.21 2023-10-17', 'Java 11 is too old'],
  ['something else', 'not installed'],
])('Java that says %s', (says, missing) => {
  const home = javaThatSays(says.replaceAll(/\W/g, '-'), `echo '${says}'`);
  const found = findKafka({ KAFKA_HOME: join(folder, 'jars'), JAVA_HOME: home });
  if (missing === '') expect(found).toEqual({ kafkaHome: join(folder, 'jars'), java: join(home, 'bin/java') });
  else expect('missing' in found && found.missing).toContain(missing);
});

test('Java 8, which does not know the question, is none', () => {
  const home = javaThatSays('java8', 'echo "Unrecognized option: --version" >&2; exit 1');
  expect(missingOf({ KAFKA_HOME: join(folder, 'jars'), JAVA_HOME: home })).toMatch(/Java 17 or newer is not installed/);
});
