import { join } from 'node:path';
import { testStoredSchemas } from '@bestendig/testing';
import { messageSchemas } from '.';

testStoredSchemas(join(__dirname, '../schemas'), messageSchemas());
