import { createTestDatabase, type TestDatabase } from '@bestendig/testing';
import { sql } from 'kysely';
import { connect, migrateSchema, type Migrations } from '.';

const FIRST: Migrations = { '001': { up: async (db) => void (await sql`create table things.thing (name text)`.execute(db)) } };
const BOTH: Migrations = { ...FIRST, '002': { up: async (db) => void (await sql`alter table things.thing add colour text`.execute(db)) } };

let database: TestDatabase;
beforeEach(async () => void (database = await createTestDatabase()));
afterEach(() => database.drop());

async function asked(...statements: readonly string[]): Promise<readonly unknown[]> {
  const client = await connect({ databaseUrl: database.url, name: 'test' });
  try {
    let rows: readonly unknown[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

test('several processes at once migrate a schema once', async () => {
  await Promise.all([1, 2, 3].map(() => migrateSchema(database.url, 'things', BOTH)));
  expect(await asked('select name from things.migration order by 1')).toEqual([{ name: '001' }, { name: '002' }]);
});

test('a schema from before the tables of migrations had their names goes on where it was', async () => {
  await migrateSchema(database.url, 'things', FIRST);
  await asked(
    `insert into things.thing values ('kept')`,
    'alter table things.migration rename to kysely_migration',
    'alter table things.migration_lock rename to kysely_migration_lock',
  );
  await migrateSchema(database.url, 'things', BOTH);
  expect(await asked('select * from things.thing')).toEqual([{ name: 'kept', colour: null }]);
});
