// Lints made-up files with the real configuration and prints, per plant, the rules that caught it.
// A process of its own, because ESLint and its configuration are ES modules and Jest here is not.
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import boundaries, { MAY_IMPORT } from '../../infra/lint/boundaries.mjs';
import tseslint from 'typescript-eslint';

const ALIASES = {
  'placement-domain': '@bestendig/placement-domain', 'duurzaamheid-domain': '@bestendig/duurzaamheid-domain', 'event-store': '@bestendig/event-store',
  postgres: '@bestendig/postgres', 'local-postgres': '@bestendig/local-postgres', 'read-store': '@bestendig/read-store', intake: '@bestendig/intake',
  'placement-application': '@bestendig/placement-application', 'hr-messages': '@bestendig/hr-messages', 'read-models': '@bestendig/read-models', 'projection-engine': '@bestendig/projection-engine',
  kafka: '@bestendig/kafka', 'local-kafka': '@bestendig/local-kafka', testing: '@bestendig/testing', api: '@bestendig/api', projector: '@bestendig/projector', standalone: '@bestendig/standalone',
};

// The rule that guards the borders skips itself where no project graph is cached: make one first.
const graph = await createProjectGraphAsync();
const root = (project) => graph.nodes[project].data.root;
const file = (project) => `${root(project)}/src/planted.ts`;

const plants = [];
for (const [project, { projects, noPackages }] of Object.entries(MAY_IMPORT)) {
  if (projects.includes('*')) continue;
  for (const [other, alias] of Object.entries(ALIASES)) {
    if (other === project) continue;
    const allowed = projects.includes(other);
    plants.push({ name: `${project} imports ${other}`, path: file(project), code: `import * as planted from '${alias}';\nexport { planted };\n`, rule: '@nx/enforce-module-boundaries', caught: !allowed });
  }
  if (noPackages) plants.push({ name: `${project} imports a package`, path: file(project), code: "import * as planted from 'pg';\nexport { planted };\n", rule: '@nx/enforce-module-boundaries', caught: true });
}
const domain = file('placement-domain');
const plant = (name, path, code, rule) => plants.push({ name, path, code, rule, caught: true });
plant('domain imports a module of Node', domain, "import { readFileSync } from 'node:fs';\nexport const planted = readFileSync;\n", 'no-restricted-imports');
plant('domain reads the clock', domain, 'export const planted = () => Date.now();\n', 'no-restricted-syntax');
plant('domain makes a date of now', domain, 'export const planted = () => new Date();\n', 'no-restricted-syntax');
plant('domain throws dice', domain, 'export const planted = () => Math.random();\n', 'no-restricted-syntax');
plant('domain is async', domain, 'export const planted = async () => 1;\n', 'no-restricted-syntax');
plant('domain switches with a default', domain, "export const planted = (x: 'a' | 'b') => {\n  switch (x) {\n    case 'a':\n      return 1;\n    default:\n      return 2;\n  }\n};\n", 'no-restricted-syntax');
plant('a library imports Nest', file('read-models'), "import { Injectable } from '@nestjs/common';\nexport { Injectable };\n", 'no-restricted-imports');
plant('a library validates with class-validator', file('placement-application'), "import { IsString } from 'class-validator';\nexport { IsString };\n", 'no-restricted-imports');
for (const project of ['hr-ingest', 'publisher', 'api', 'hr-messages', 'intake', 'integration-events', 'local-kafka', 'placement-application'])
  plant(`${project} talks to Kafka past its library`, file(project), "import { Kafka } from 'kafkajs';\nexport { Kafka };\n", 'no-restricted-imports');
plants.push({ name: 'the Kafka library imports kafkajs', path: file('kafka'), code: "import { Kafka } from 'kafkajs';\nexport { Kafka };\n", rule: 'no-restricted-imports', caught: false });
plant('the Kafka library imports Nest', file('kafka'), "import { Injectable } from '@nestjs/common';\nexport { Injectable };\n", 'no-restricted-imports');
plant('the contract opens a database', file('hr-messages'), "import { Pool } from 'pg';\nexport { Pool };\n", 'no-restricted-imports');
plant('the API uses the EventBus', file('api'), "import { EventBus } from '@nestjs/cqrs';\nexport { EventBus };\n", 'no-restricted-imports');

const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } }, ...boundaries],
});
const results = [];
for (const { name, path, code, rule, caught } of plants) {
  const [result] = await eslint.lintText(code, { filePath: path });
  const rules = (result?.messages ?? []).map((message) => message.ruleId);
  results.push({ name, expected: caught, caught: rules.includes(rule), other: rules.filter((id) => id !== rule) });
}
process.stdout.write(JSON.stringify(results));
process.exit(0);
