/** The first rows of a table in a text file. Pure. */

/** The cells of the first rows; a last row that is cut off is left out. Quoted as RFC 4180 has it. */
export function firstRows(text: string, { separator = ',', limit = 50, isWhole = true } = {}): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    // An empty line is no row.
    if (row.length > 1 || cell !== '') rows.push(row);
    row = [];
    cell = '';
  };
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length && rows.length < limit; at++) {
    const character = text.charAt(at);
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text.charAt(++at);
      else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === separator) {
      row.push(cell);
      cell = '';
    } else if (character === '\n') endRow();
    else if (character !== '\r' || text[at + 1] !== '\n') cell += character;
  }
  if (isWhole && rows.length < limit && (cell !== '' || row.length > 0)) endRow();
  return rows;
}
