import { createTestDatabase } from '@bestendig/testing';
import { eventStoreConformance } from '../testing';
import { PostgresKits } from '../testing/postgres-kit';

const kits = new PostgresKits(createTestDatabase);
afterAll(() => kits.drop());

eventStoreConformance('PostgreSQL', kits.make);
