const { compilerOptions } = require('./tsconfig.base.json');

const aliases = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, `<rootDir>/${file}`]),
);

/** One Jest run over the whole workspace; STYLE of the closing line: "N passed, N failed, N skipped". */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', { ...require('./infra/jest/swc-options.js') }] },
  moduleNameMapper: aliases,
  globalSetup: '<rootDir>/libs/testing/src/start-postgres.ts',
  globalTeardown: '<rootDir>/libs/testing/src/stop-postgres.ts',
  reporters: ['default', '<rootDir>/infra/jest/closing-line-reporter.js'],
  testTimeout: 60_000,
  maxWorkers: 2,
};
