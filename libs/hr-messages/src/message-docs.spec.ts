import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageDocs } from './message-docs';

const page = join(__dirname, '../../../docs/messages.md');
const COMMAND = 'WRITE_DOCS=1 npx jest libs/hr-messages/src/message-docs.spec.ts';

test('docs/messages.md is what the contract says today', () => {
  if (process.env['WRITE_DOCS'] === '1') writeFileSync(page, messageDocs());
  const written = readFileSync(page, 'utf8');
  if (written !== messageDocs()) throw new Error(`docs/messages.md is out of date. Write it again with: ${COMMAND}`);
});
