import { Client } from 'pg';
import { createTestDatabase } from '.';

test('a test gets a real PostgreSQL 18 database of its own', async () => {
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  await database.drop();
  expect(rows[0]?.server_version).toMatch(/^18/);
});
