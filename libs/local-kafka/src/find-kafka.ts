import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where a broker can be run from. */
export type FoundKafka = { readonly kafkaHome: string; readonly java: string };

const JAVA_MIN = 17;

/** The broker's jars (KAFKA_HOME, a folder with `libs/`) and a Java that runs them; or what is missing, in words. */
export function findKafka(environment: Readonly<Record<string, string | undefined>>): FoundKafka | { readonly missing: string } {
  const kafkaHome = environment['KAFKA_HOME'] ?? '';
  if (kafkaHome === '') return { missing: 'KAFKA_HOME is not set: a folder with libs/ of Apache Kafka (infra/kafka makes one)' };
  const libs = join(kafkaHome, 'libs');
  if (!existsSync(libs) || !readdirSync(libs).some((name) => /^kafka_.*\.jar$/.test(name))) return { missing: 'KAFKA_HOME names a folder without libs/kafka_*.jar' };
  const java = javaOf(environment['JAVA_HOME'] ?? '');
  const version = java === null ? null : versionOf(java);
  if (java === null || version === null) return { missing: `Java ${JAVA_MIN} or newer is not installed (Debian: openjdk-17-jre-headless)` };
  return version < JAVA_MIN ? { missing: `Java ${version} is too old: Kafka needs ${JAVA_MIN} or newer` } : { kafkaHome, java };
}

function javaOf(javaHome: string): string | null {
  const own = join(javaHome, 'bin', 'java');
  return javaHome !== '' && existsSync(own) ? own : 'java';
}

/** Null where it does not run, or says something else than a version. */
function versionOf(java: string): number | null {
  try {
    const said = execFileSync(java, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 });
    const version = /\b(\d+)(?:\.\d+)*/.exec(said)?.[1];
    return version === undefined ? null : Number(version);
  } catch {
    return null;
  }
}
