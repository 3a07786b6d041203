import { ENVELOPE_FIELDS } from './cloud-event.dto';
import type { Field } from './fields';
import { HistoryFileError } from './history-error';
import { MESSAGE_TYPES, messageTypeOf, messageTypeOfShortName } from './message-types';
import { mayHoldBsn } from './raw-message';

/** The column that names the fact in a correction's row; the replacement's fields stand in their ordinary columns. */
export const REPLACEMENT_TYPE = 'replacementType';

const ENVELOPE_COLUMNS = new Set(ENVELOPE_FIELDS.map(({ name }) => name).filter((name) => name !== 'data'));
/** In a correction's row these belong to the message; all others to its replacement. */
const CORRECTION_COLUMNS = new Set(['employment', 'person', 'corrects']);

const FIELD_KINDS = new Map<string, Field>(MESSAGE_TYPES.flatMap(({ dataFields }) => dataFields.map((field): [string, Field] => [field.name, field])));

/** Every column a file can have, in the order of the documentation. */
export const CSV_COLUMNS: readonly string[] = ['id', 'source', 'time', 'type', 'person', 'employment', REPLACEMENT_TYPE, ...FIELD_KINDS.keys()].filter(
  (name, i, all) => all.indexOf(name) === i && name !== 'replacement',
);

/** How a row of cells becomes a message, by the names of the columns. */
export class CsvMessages {
  constructor(readonly columns: readonly string[]) {
    if (!columns.includes('type')) throw new HistoryFileError('noHeader', 'The first line is neither a JSON object nor a CSV header with a column "type".');
    if (new Set(columns).size < columns.length) throw new HistoryFileError('sameColumnTwice', 'The CSV header has a column twice.');
    if (mayHoldBsn(columns)) throw new HistoryFileError('mayHoldBsn', 'The name of a column may hold a BSN.');
  }

  /** The CloudEvent that a row says, not yet checked. An empty cell is a field that is not there; a column the contract does not know becomes a field, which the check refuses. */
  messageOf(cells: readonly string[]): Record<string, unknown> {
    // Without a prototype, so that a column named __proto__ is a field like any other unknown one.
    const event = emptyObject();
    const data = emptyObject();
    const replacement = emptyObject();
    const corrects = isCorrection(cells[this.columns.indexOf('type')]);
    this.columns.forEach((name, i) => {
      const cell = cells[i];
      if (cell === undefined || cell === '') return;
      if (ENVELOPE_COLUMNS.has(name)) event[name] = cell;
      else if (!corrects || CORRECTION_COLUMNS.has(name)) data[name] = valueOf(name, cell);
      else if (name === REPLACEMENT_TYPE) replacement['type'] = cell;
      else replacement[name] = valueOf(name, cell);
    });
    return { specversion: '1.0', ...event, data: corrects ? { ...data, replacement } : data };
  }
}

const emptyObject = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

function isCorrection(type: string | undefined): boolean {
  return type !== undefined && (messageTypeOfShortName(type) ?? messageTypeOf(type))?.factType === 'FactCorrected';
}

/** A cell as the JSON value of its field. A cell that does not have that form stays text, which the check then refuses. */
function valueOf(column: string, cell: string): unknown {
  switch (FIELD_KINDS.get(column)?.kind) {
    case 'number':
      return NUMBER.test(cell) ? Number(cell) : cell;
    case 'boolean':
      return cell === 'true' ? true : cell === 'false' ? false : cell;
    case 'list':
      return inlenersOf(cell) ?? cell;
    case 'names':
      return cell.split(';');
    case 'key':
    case 'code':
    case 'messageId':
    case 'text':
    case 'organisation':
    case 'date':
    case 'time':
    case 'oneOf':
    case 'object':
    case undefined:
      return cell;
  }
}

const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const INLENER = /^([^=/]+)(?:\/([^=]+))?=(\d(?:\.\d{1,15})?)$/;

/** `kvk:11111111=0.6;kvk:22222222/team-a=0.4`. */
function inlenersOf(cell: string): readonly object[] | null {
  const members = cell.split(';').map((member) => {
    const match = INLENER.exec(member);
    if (match === null) return null;
    const [, employer, team, share] = match;
    return { employer, share: Number(share), ...(team === undefined ? {} : { team }) };
  });
  return members.every((member) => member !== null) ? members : null;
}
