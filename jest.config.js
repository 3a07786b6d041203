/** One Jest run over the whole workspace, on one real PostgreSQL; it ends with "N passed, N failed, N skipped". */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', require('./infra/jest/swc-options.js')] },
  globalSetup: '<rootDir>/libs/testing/src/start-postgres.ts',
  globalTeardown: '<rootDir>/libs/testing/src/stop-postgres.ts',
  reporters: ['default', '<rootDir>/infra/jest/closing-line-reporter.js'],
  testTimeout: 60_000,
  maxWorkers: 2,
};
