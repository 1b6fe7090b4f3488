/**
 * One line of a terminal, as far as logs need it: `\r`, backspace, the erase and column sequences overwrite
 * what is there (tqdm, pip), colours stay, cursor movements between lines are dropped.
 */

/** The line that is still being written. */
export interface Terminal {
  /** With its colour sequences. */
  readonly text: string;
  /** The visible column the next character goes to; `null`: the end of the line. */
  readonly column: number | null;
  /** The colour sequences in force at the cursor. */
  readonly pen: string;
  /** The beginning of an escape sequence whose end hasn't come yet. */
  readonly held: string;
}

export const EMPTY_TERMINAL: Terminal = { text: '', column: null, pen: '', held: '' };

/** Longer lines are cut: a row of a log isn't a place to read megabytes. */
export const MAX_LINE = 20_000;
const MAX_PEN = 100;

// eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
const ESCAPE = /\x1b(?:\[([0-9:;<=>?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_]|[ -/]+[0-~]|$)/;
// eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
const SPECIAL = /[\r\b\x1b]/;
// eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
const SGR = /\x1b\[[0-9:;]*m/g;

// eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
const UNFINISHED = /\x1b(?:\[[0-9:;<=>?]{0,32}[ -/]{0,4})?$/;

/** Writes `added`; returns the lines it ended and the one that is open now. */
export function feed(terminal: Terminal, added: string): { closed: string[]; open: Terminal } {
  const closed: string[] = [];
  const whole = terminal.held + added;
  const held = UNFINISHED.exec(whole)?.[0] ?? '';
  const text = whole.slice(0, whole.length - held.length);
  let open: Line = terminal;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    open = write(open, text.slice(start, end));
    closed.push(open.text);
    // A colour that is still on goes on in the next line, which is drawn on its own.
    open = { text: open.pen, column: null, pen: open.pen };
    start = end + 1;
  }
  return { closed, open: { ...write(open, text.slice(start)), held } };
}

/** Without its colours: is there anything to see? */
export function isBlank(terminal: Terminal): boolean {
  return terminal.text.replace(SGR, '') === '';
}

type Line = Omit<Terminal, 'held'>;

function write(terminal: Line, text: string): Line {
  if (text === '') return terminal;
  if (!SPECIAL.test(text)) {
    if (terminal.column === null) {
      if (terminal.text.length >= MAX_LINE) return terminal;
      return { text: cut(terminal.text + text), column: null, pen: terminal.pen };
    }
    if (!terminal.text.includes('\x1b')) return overwrite(terminal, text);
  } else if (terminal.column === null && !/[\r\b]/.test(text) && !text.replace(SGR, '').includes('\x1b')) {
    return { text: cut(terminal.text + text), column: null, pen: penAfter(terminal.pen, text) };
  } else if (text.startsWith('\r') && !SPECIAL.test(text.slice(1)) && !terminal.text.includes('\x1b')) {
    return overwrite({ ...terminal, column: 0 }, text.slice(1));
  }
  return draw(terminal, text);
}

/** The common case of a progress bar: no colours anywhere. */
function overwrite(terminal: Line, text: string): Line {
  const column = terminal.column ?? terminal.text.length;
  const end = column + text.length;
  const result = cut(terminal.text.slice(0, column) + text + terminal.text.slice(end));
  return { text: result, column: end >= result.length ? null : end, pen: terminal.pen };
}

interface Place {
  pen: string;
  character: string;
}

function draw(terminal: Line, text: string): Line {
  const line = places(terminal.text);
  let pen = terminal.pen;
  let column = terminal.column ?? line.length;
  let rest = text;
  while (rest !== '') {
    const at = rest.search(SPECIAL);
    for (const character of at < 0 ? rest : rest.slice(0, at)) {
      if (column >= MAX_LINE) break;
      while (line.length < column) line.push({ pen: '', character: ' ' });
      line[column] = { pen, character };
      column += 1;
    }
    if (at < 0) break;
    rest = rest.slice(at);
    if (rest.startsWith('\r')) column = 0;
    else if (rest.startsWith('\b')) column = Math.max(0, column - 1);
    else {
      const match = ESCAPE.exec(rest);
      if (match?.index === 0) {
        const count = Number.parseInt(match[1] ?? '', 10);
        switch (match[2]) {
          case 'm':
            pen = penAfter(pen, match[0]);
            break;
          case 'K':
            if (count === 1) line.fill({ pen: '', character: ' ' }, 0, Math.min(column + 1, line.length));
            else line.length = count === 2 ? 0 : Math.min(line.length, column);
            break;
          case 'C':
            column = Math.min(MAX_LINE, column + (count || 1));
            break;
          case 'D':
            column = Math.max(0, column - (count || 1));
            break;
          case 'G':
            column = Math.min(MAX_LINE, Math.max(0, (count || 1) - 1));
            break;
          default:
            break;
        }
        rest = rest.slice(match[0].length);
        continue;
      }
    }
    rest = rest.slice(1);
  }
  let result = '';
  let shown = '';
  for (const place of line) {
    if (place.pen !== shown) {
      result += (shown === '' ? '' : '\x1b[0m') + place.pen;
      shown = place.pen;
    }
    result += place.character;
  }
  if (shown !== pen) result += (shown === '' ? '' : '\x1b[0m') + pen;
  return { text: result, column: column === line.length ? null : column, pen };
}

function places(text: string): Place[] {
  const result: Place[] = [];
  let pen = '';
  let rest = text;
  while (rest !== '') {
    const at = rest.indexOf('\x1b');
    for (const character of at < 0 ? rest : rest.slice(0, at)) result.push({ pen, character });
    if (at < 0) break;
    rest = rest.slice(at);
    const match = ESCAPE.exec(rest);
    const length = match?.index === 0 ? match[0].length : 1;
    pen = penAfter(pen, rest.slice(0, length));
    rest = rest.slice(length);
  }
  return result;
}

function penAfter(pen: string, text: string): string {
  let result = pen;
  for (const [sequence] of text.matchAll(SGR)) {
    // eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
    const codes = sequence.replace(/^\x1b\[|m$/g, '');
    if (codes === '' || /^0+$/.test(codes)) result = '';
    else if (/^0+[;:]/.test(codes)) result = sequence;
    else if (!result.endsWith(sequence)) result = (result + sequence).slice(-MAX_PEN);
  }
  // Cut in the middle of a sequence: forget the broken beginning.
  const start = result.indexOf('\x1b');
  return start <= 0 ? result : result.slice(start);
}

function cut(text: string): string {
  return text.length <= MAX_LINE ? text : `${text.slice(0, MAX_LINE - 1)}…`;
}
