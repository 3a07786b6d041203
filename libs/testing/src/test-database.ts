import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** A database of its own in the test run's PostgreSQL. */
export type TestDatabase = { readonly url: string; drop(): Promise<void> };

export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env['BESTENDIG_TEST_DATABASE_URL'];
  if (serverUrl === undefined) throw new Error('BESTENDIG_TEST_DATABASE_URL is not set: run through Jest, whose global set-up starts PostgreSQL.');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => onServer(serverUrl, `drop database if exists ${name} with (force)`) };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
