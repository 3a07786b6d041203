// Who may import whom. The picture is in README.md; test/architecture plants a violation of each line and sees it caught.
import nx from '@nx/eslint-plugin';

/** project -> the projects it may import. Packages are free unless `noPackages`. */
export const MAY_IMPORT = {
  'placement-domain': { projects: [], noPackages: true },
  'duurzaamheid-domain': { projects: ['placement-domain'], noPackages: true },
  postgres: { projects: [] },
  'event-store': { projects: ['postgres'] },
  'local-postgres': { projects: [] },
  'read-store': { projects: ['postgres'] },
  reactions: { projects: ['event-store', 'postgres'] },
  kafka: { projects: [] },
  'local-kafka': { projects: [] },
  'integration-events': { projects: ['placement-domain'] },
  intake: { projects: ['postgres'] },
  'placement-application': { projects: ['placement-domain', 'event-store', 'reactions'] },
  'hr-messages': { projects: ['placement-domain', 'placement-application'] },
  'projection-engine': { projects: ['placement-domain', 'placement-application', 'event-store', 'read-store', 'postgres'] },
  'read-models': { projects: ['placement-domain', 'duurzaamheid-domain', 'event-store', 'read-store', 'projection-engine'] },
  testing: { projects: ['kafka', 'local-kafka', 'placement-domain', 'placement-application', 'duurzaamheid-domain', 'hr-messages', 'event-store', 'postgres', 'local-postgres', 'intake', 'read-store', 'read-models', 'projection-engine'] },
  api: { projects: ['integration-events', 'postgres', 'reactions', 'placement-domain', 'placement-application', 'duurzaamheid-domain', 'hr-messages', 'event-store', 'intake', 'read-store', 'read-models', 'projection-engine'] },
  projector: { projects: ['event-store', 'read-store', 'read-models', 'projection-engine', 'placement-application'] },
  'hr-ingest': { projects: ['integration-events', 'placement-domain', 'placement-application', 'hr-messages', 'event-store', 'intake', 'reactions', 'kafka', 'postgres'] },
  publisher: { projects: ['placement-domain', 'placement-application', 'integration-events', 'event-store', 'reactions', 'kafka', 'postgres'] },
  standalone: {
    projects: ['api', 'projector', 'hr-ingest', 'publisher', 'kafka', 'local-kafka', 'integration-events', 'reactions', 'placement-domain', 'placement-application', 'duurzaamheid-domain', 'hr-messages', 'event-store', 'intake', 'read-store', 'read-models', 'projection-engine', 'postgres', 'local-postgres'],
  },
  tests: { projects: ['*'] },
};

/** Specs may use the test kits as well. */
export const SPECS_MAY_ALSO_IMPORT = ['testing', 'local-postgres', 'local-kafka'];

const constraints = (extra) =>
  Object.entries(MAY_IMPORT).map(([project, { projects, noPackages }]) => ({
    sourceTag: `project:${project}`,
    onlyDependOnLibsWithTags: projects.includes('*') ? ['*'] : [project, ...projects, ...extra].map((name) => `project:${name}`),
    // What stands in a spec may also use fast-check and pg; the rule is about what ships.
    ...(noPackages && extra.length === 0 ? { bannedExternalImports: ['*'] } : {}),
  }));

// A library's specs import the test kit, which imports the library: no cycle of what ships.
const CYCLES_THROUGH_SPECS = Object.keys(MAY_IMPORT).filter((project) => project !== 'testing').map((project) => ['testing', project]);

const boundaries = (extra) => [
  'error',
  { allow: [], enforceBuildableLibDependency: false, ignoredCircularDependencies: CYCLES_THROUGH_SPECS, depConstraints: constraints(extra) },
];

const DOMAIN_FILES = ['libs/placement/domain/src/**/*.ts', 'libs/duurzaamheid/domain/src/**/*.ts'];

/** Restated in each block below: a later block replaces what an earlier one says of the same rule. */
const NO_FRAMEWORKS = { regex: '^(@nestjs/|fastify|class-validator|class-transformer)', message: 'Frameworks and validation stay at the edges (apps, hr-messages).' };
const NO_KAFKAJS = { regex: '^(kafkajs|@confluentinc/kafka-javascript)', message: 'Kafka stays behind the port of libs/kafka.' };

export default [
  {
    files: ['**/*.ts'],
    ignores: ['**/*.spec.ts'],
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': boundaries([]) },
  },
  {
    files: ['**/*.spec.ts'],
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': boundaries(SPECS_MAY_ALSO_IMPORT) },
  },
  {
    // The domain is plain data and functions: not even Node's own modules.
    files: DOMAIN_FILES,
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^(node:|fs$|crypto$|path$|os$|http$|util$)', message: 'The domain imports nothing.' }] }],
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch', 'require'],
      'no-restricted-syntax': [
        'error',
        { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'No clock in the domain.' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'No clock in the domain.' },
        { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'No randomness in the domain.' },
        { selector: ':function[async=true]', message: 'Nothing is async in the domain.' },
        { selector: 'SwitchCase[test=null]', message: 'A switch over a union has no default: a new case must not compile unhandled.' },
        { selector: 'Decorator', message: 'No decorators in the domain.' },
      ],
    },
  },
  {
    // HTTP belongs to the API alone, Kafka to the Kafka library, class-validator to the edges.
    files: ['libs/**/*.ts'],
    ignores: ['libs/hr-messages/**', 'libs/kafka/**', '**/*.spec.ts', ...DOMAIN_FILES],
    rules: { 'no-restricted-imports': ['error', { patterns: [NO_FRAMEWORKS, NO_KAFKAJS] }] },
  },
  {
    files: ['libs/kafka/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [NO_FRAMEWORKS] }] },
  },
  {
    files: ['libs/hr-messages/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^(@nestjs/(?!swagger)|fastify|pg$)', message: 'hr-messages is a contract: no server, no database.' }, NO_KAFKAJS] }] },
  },
  {
    // Whatever a reaction publishes must be durable first: not with Nest's EventBus, Saga or AggregateRoot.
    files: ['apps/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: '@nestjs/cqrs', importNames: ['EventBus', 'EventPublisher', 'Saga', 'AggregateRoot', 'EventsHandler'], message: 'A reaction is a checkpointed subscription.' }],
          patterns: [NO_KAFKAJS],
        },
      ],
    },
  },
];
