import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { messageSchemas } from '@bestendig/hr-messages';
import { answerSchemas } from './answer-schemas';
import { HR_FACT_BODIES } from './hr-facts/hr-facts.docs';
import { commandSchemas } from './placements/fact-schemas';
import { API_VERSION } from './response-headers';

const DESCRIPTION = `Placements under the Dutch Banenafspraak: HR systems publish facts, people record and correct them, auditors read whole
histories, analysts ask figures as known at any moment. Follows the NLGov REST API Design Rules 2.2, with one deliberate
deviation: the interface is in English, with the terms of Dutch law left as they are. Every answer states the moment
(knownAt) and the definition it rests on; the same question at the same moment gives the same bytes.`;

/** The OpenAPI description, from the code: paths and parameters from the controllers, bodies of facts from the message contract. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Bestendig')
    .setDescription(DESCRIPTION)
    .setVersion(API_VERSION)
    .setContact('Bestendig maintainers', 'https://developer.overheid.nl', 'maintainers@bestendig.example')
    .setLicense('EUPL-1.2', 'https://joinup.ec.europa.eu/licence/european-union-public-licence-version-12-eupl')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Only where the server has tokens (API_TOKENS).' })
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: (controller, method) => `${controller.replace('Controller', '')}_${method}` });
  const schemas = { ...document.components?.schemas, ...messageSchemas(), ...commandSchemas(), ...answerSchemas() };
  const described = { ...document, components: { ...document.components, schemas } };
  return finished(described as OpenAPIObject);
}

/** What holds for every operation is written once, here, and not at each of them. */
function finished(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of [item.get, item.post]) {
      if (operation === undefined) continue;
      if (path.startsWith('/v1/hr-facts')) operation.requestBody = { required: true, content: { ...HR_FACT_BODIES } };
      if (path === '/v1/health') operation.security = [];
      operation.responses = { ...operation.responses, default: PROBLEM };
    }
  }
  return document;
}

const PROBLEM = { description: 'A problem (RFC 9457), with a stable code', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
