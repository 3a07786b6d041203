import { CODE, KEY, MESSAGE_ID, type Field } from './fields';
import { ENVELOPE_FIELDS, SOURCE } from './cloud-event.dto';
import { REPLACEMENT_TYPE } from './csv-message';
import { EXAMPLES } from './examples';
import { MESSAGE_ERROR_CODES } from './message-errors';
import { MESSAGE_TYPES, type MessageType } from './message-types';
import { LINE_BYTES_MAX } from './text-lines';

/** docs/messages.md: the contract for those who send messages, written from the fields themselves. */
export function messageDocs(): string {
  return [
    INTRODUCTION,
    '## The envelope\n',
    tableOf(ENVELOPE_FIELDS),
    FORMS,
    FILES,
    '## Message types\n',
    'Besides its own fields every `data` has `employment` (required) and `person` (required only where the table lists it so).\n',
    ...MESSAGE_TYPES.map(sectionOf),
    '## Codes of errors\n',
    'All errors of a message are told together, each with a JSON pointer, one of these codes and a detail. None repeats a value.\n',
    MESSAGE_ERROR_CODES.map((code) => `\`${code}\``).join(' · '),
    '',
  ].join('\n');
}

const INTRODUCTION = `# HR messages

One contract for every door: a message sent over HTTP and a line of a history file are checked by the same rules and tell
the same facts. This page is made from the code (libs/hr-messages); a test keeps it current.

A message is a [CloudEvent](https://cloudevents.io) in JSON after the NL GOV profile. \`source\` and \`id\` together are
unique for ever: the same message sent again changes nothing and gets its first result; another content under the same
id is refused. This is looked up within one employment: the same id under another \`employment\` is taken for another
message and recorded there too. What was said of the wrong employment is retracted, and told anew under a new id. What
the contract does not know is refused, never left out silently, and nothing is converted silently.

A message that **may hold a BSN** is refused as a whole and no copy is kept: nine digits between characters that are no
letters or digits, in one piece or with dots or spaces between them, that pass the eleven test, in any text, number or
property name, also as a number with an exponent (\`1.23456782e8\`). So do not use numbers of nine digits as keys or ids.
UUIDs, times, sums of money with a decimal point and organisation numbers in their own fields are not mistaken for one.
`;

const FORMS = `
## Forms

- **date**: \`2023-03-01\`, or as exactly as it is known: \`2023-03\`, \`2023-Q2\`, \`2023\`; a \`~\` at the end says that it is
  assumed (\`2023-03~\`). A date that is not a day is placed in the middle of its period and counted apart. Days must exist;
  years from 1950 to 2100. A start is its first day, an end its last.
- **time**: RFC 3339 with its offset, \`2023-03-01T09:30:00Z\`; not more than a day ahead of our clock.
- **organisation**: \`kvk:<8 digits>\`, \`oin:<20 digits>\`, \`rsin:<9 digits>\` or \`lhn:<9 digits>L<2 digits>\`.
- **key**: how your system names a person or an employment: \`${KEY.source}\`. Only a keyed hash of it is kept.
- **code**: \`${CODE.source}\`. There is no free text anywhere.
- **message id**: \`${MESSAGE_ID.source}\`. **source**: \`${SOURCE.source}\`.
- **inleners**: a list of \`{"employer": organisation, "share": number, "team": code}\`; \`team\` is optional, shares sum to 1.
`;

const FILES = `
## History files

NDJSON (one message a line) or CSV with a header, in UTF-8, known by the first line. Lines that start with \`#\` before the
header are comments; so is a first JSON line with only \`comment\`. A line may have ${LINE_BYTES_MAX / 1024} KiB. In files:

- \`type\` may be short: \`contract-signed\` for \`nl.bestendig.hr.contract-signed.v1\`. A line without \`id\` gets one made
  from its content under the installation's secret: the same content has the same id.
- CSV has the columns \`id\`, \`source\`, \`time\`, \`type\`, \`person\`, \`employment\` and the names of the fields, in any order, with \`,\`
  or \`;\` between cells; a cell that is empty is a field that is not there. Numbers have a decimal point, booleans are \`true\`
  or \`false\`, inleners are \`kvk:11111111=0.6;kvk:22222222/team-a=0.4\`, names are \`hoursPerWeek;region\`.
- A CSV row of a \`fact-corrected\` has \`corrects\` and \`${REPLACEMENT_TYPE}\` (the short type), and the replacement's fields in their
  ordinary columns.
`;

function sectionOf(messageType: MessageType): string {
  const own = messageType.dataFields.filter(({ name }) => name !== 'employment' && (name !== 'person' || messageType.factType === 'PlacementRegistered'));
  const example = JSON.stringify(EXAMPLES[messageType.factType].data);
  return `### ${messageType.shortName}\n\n\`${messageType.type}\` · ${messageType.meaning}\n\n${tableOf(own)}\n\n\`\`\`json\n${example}\n\`\`\`\n`;
}

function tableOf(fields: readonly Field[]): string {
  const rows = fields.map((field) => `| \`${field.name}\` | ${field.optional ? 'no' : 'yes'} | ${formOf(field)} | ${field.meaning} |`);
  return ['| field | required | form | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function formOf(field: Field): string {
  switch (field.kind) {
    case 'key':
    case 'code':
    case 'organisation':
    case 'date':
      return field.kind;
    case 'messageId':
      return 'message id';
    case 'text':
      return field.name === 'source' ? 'source' : `\`${field.pattern.source.replaceAll('|', '\\|')}\``;
    case 'time':
      return 'RFC 3339 time';
    case 'boolean':
      return '`true` or `false`';
    case 'number':
      return `${field.whole ? 'whole number' : 'number'} from ${field.min} to ${field.max}`;
    case 'oneOf':
      return field.name === 'type' ? 'one of the types below' : field.allowed.map((value) => `\`${value}\``).join(' ');
    case 'names':
      return `list of names: ${field.allowed.map((value) => `\`${value}\``).join(' ')}`;
    case 'list':
      return 'inleners';
    case 'object':
      return 'object';
  }
}
