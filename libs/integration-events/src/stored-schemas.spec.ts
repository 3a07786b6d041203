import { join } from 'node:path';
import { testStoredSchemas } from '@bestendig/testing';
import { HR_OUTCOME_SCHEMA, HR_OUTCOME_TYPE, PLACEMENT_CHANGED_SCHEMA, PLACEMENT_CHANGED_TYPE, PLACEMENT_STATE_TYPE, PLACEMENT_VIEW_SCHEMA } from '.';

testStoredSchemas(join(__dirname, '../schemas'), {
  ...{ [HR_OUTCOME_TYPE]: HR_OUTCOME_SCHEMA, [PLACEMENT_CHANGED_TYPE]: PLACEMENT_CHANGED_SCHEMA, [PLACEMENT_STATE_TYPE]: PLACEMENT_VIEW_SCHEMA },
});
