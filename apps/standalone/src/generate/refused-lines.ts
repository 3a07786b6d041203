import { COLUMNS, type Column } from './history-line';
import type { Random } from './random';

/** What makes a line one that an import must refuse. */
const FLAWS: readonly ((cells: string[], random: Random) => void)[] = [
  (cells) => set(cells, 'effectiveDate', '2023-02-30'),
  (cells) => set(cells, 'type', 'contract-sealed'),
  (cells) => set(cells, 'employment', ''),
  (cells) => set(cells, 'time', '2023-02-01 10:00'),
  (cells) => set(cells, 'source', 'salaris'),
  // Passes the eleven test, as a BSN does; the number is one that test environments use.
  (cells) => set(cells, 'person', '111222333'),
  // The id of the line before, with other content.
  (cells, random) => set(cells, 'effectiveDate', `19${random.between(60, 79)}-01-01`),
];

/** After a share of the lines one more, like it but with a flaw. */
export function* withRefusedLines(random: Random, share: number, lines: Iterable<string>): Generator<string> {
  let count = 0;
  for (const line of lines) {
    yield line;
    if (!random.chance(share)) continue;
    const cells = line.split(',');
    const flaw = FLAWS[count % FLAWS.length];
    const reusesId = count % FLAWS.length === FLAWS.length - 1;
    count += 1;
    // A reused id needs an id; the other flaws get one of their own, so that the flaw is all that is wrong.
    if (!reusesId) set(cells, 'id', `X${count}`);
    if (flaw !== undefined && !(reusesId && cells[0] === '')) {
      flaw(cells, random);
      yield cells.join(',');
    }
  }
}

function set(cells: string[], column: Column, value: string): void {
  cells[COLUMNS.indexOf(column)] = value;
}
