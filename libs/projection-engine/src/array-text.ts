/** A list as PostgreSQL reads an array from text. */
export function arrayText(cells: readonly (string | number | boolean | null)[]): string {
  let text = '{';
  for (const cell of cells) {
    if (text.length > 1) text += ',';
    text += cell === null ? 'NULL' : typeof cell === 'string' ? quoted(cell) : String(cell);
  }
  return `${text}}`;
}

const quoted = (text: string): string =>
  /^[\w.:+-]+$/.test(text) && text.toUpperCase() !== 'NULL'
    ? text
    : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
