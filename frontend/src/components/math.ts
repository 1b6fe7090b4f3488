/** Finds the formulas in a text, as Jupyter does: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and LaTeX environments. Pure. */

export interface Formula {
  readonly tex: string;
  /** On a line of its own. */
  readonly display: boolean;
}

export type Piece = string | Formula;

/** Code is no place for formulas: fenced, indented by backticks, or a span of it. */
const CODE = /^(?:```|~~~)[^\n]*\n[\s\S]*?(?:^(?:```|~~~)[^\n]*$|$(?![\s\S]))|(`+)(?!`)[\s\S]*?[^`]\1(?!`)/;
const ESCAPED = /^\\[\\$`]/;
const DISPLAY = /^(?:\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\])/;
/** What is a price is none: no space inside the dollars, and no digit after them. */
const INLINE = /^(?:\$(?![\s$])((?:\\[\s\S]|[^$\\])+?)(?<!\s)\$(?!\d)|\\\(([\s\S]+?)\\\))/;
const ENVIRONMENT = /^\\begin\{([a-zA-Z]+\*?)\}[\s\S]+?\\end\{\1\}/;
const BEGINNING = /[`~$\\]/;
/** Nobody writes a longer formula; a single dollar in a long text is none. */
const MAX_TEX = 5_000;

/** The text and its formulas in order; together they are all of it. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let plain = '';
  let rest = text;
  let atLineStart = true;
  const take = (length: number) => {
    plain += rest.slice(0, length);
    rest = rest.slice(length);
    atLineStart = plain.endsWith('\n');
  };
  while (rest !== '') {
    const next = rest.search(BEGINNING);
    if (next < 0) break;
    if (next > 0) take(next);
    const window = rest.slice(0, MAX_TEX);
    const isFence = rest.startsWith('```') || rest.startsWith('~~~');
    const code = isFence && !atLineStart && plain !== '' ? null : CODE.exec(rest);
    const escaped = ESCAPED.exec(window);
    const formula = code || escaped ? null : formulaAt(window);
    if (formula) {
      if (plain !== '') found.push(plain);
      plain = '';
      found.push({ tex: formula.tex, display: formula.display });
      rest = rest.slice(formula.length);
      atLineStart = false;
    } else {
      take((code ?? escaped)?.[0].length ?? 1);
    }
  }
  plain += rest;
  if (plain !== '') found.push(plain);
  return found;
}

function formulaAt(text: string): (Formula & { length: number }) | null {
  const display = DISPLAY.exec(text);
  if (display) return { tex: (display[1] ?? display[2] ?? '').trim(), display: true, length: display[0].length };
  const environment = ENVIRONMENT.exec(text);
  if (environment) return { tex: environment[0], display: true, length: environment[0].length };
  const inline = INLINE.exec(text);
  if (!inline || /\n\s*\n/.test(inline[0])) return null;
  return { tex: (inline[1] ?? inline[2] ?? '').trim(), display: false, length: inline[0].length };
}
