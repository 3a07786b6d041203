import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { EXAMPLES, HR_MESSAGE_SCHEMA } from '@bestendig/hr-messages';
import { CLOUD_EVENT, CLOUD_EVENTS } from '../bodies';

/** What OpenAPI says of a path that takes HR messages. The examples are those of the contract, one per message type. */
export const DescribesHrFacts = (summary: string, description: string) =>
  applyDecorators(
    ApiOperation({ summary, description }),
    ApiConsumes(CLOUD_EVENT, CLOUD_EVENTS),
    ApiBody({ schema: { $ref: `#/components/schemas/${HR_MESSAGE_SCHEMA}` } }),
    ApiResponse({ status: 200, description: 'What happens to each message, in the order given', schema: { $ref: '#/components/schemas/HrFactResults' } }),
  );

/** Both bodies of such a path: Nest describes one schema for all content types of a path. */
export const HR_FACT_BODIES = {
  [CLOUD_EVENT]: {
    schema: { $ref: `#/components/schemas/${HR_MESSAGE_SCHEMA}` },
    examples: Object.fromEntries(Object.entries(EXAMPLES).map(([type, value]) => [type, { value }])),
  },
  [CLOUD_EVENTS]: {
    schema: { type: 'array', minItems: 1, maxItems: 1000, items: { $ref: `#/components/schemas/${HR_MESSAGE_SCHEMA}` } },
    examples: { batch: { value: [EXAMPLES.PlacementRegistered, EXAMPLES.ContractSigned] } },
  },
};
