export { createTestDatabase, type TestDatabase } from './test-database';
export * from './given';
export * from './placement-arbitraries';
