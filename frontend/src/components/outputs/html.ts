/**
 * HTML that a notebook has made: what is a plain table or text is cleaned and drawn in the page, which stays fast
 * with dozens of tables; everything else is untrusted code and goes to the sandbox.
 */

import DOMPurify from 'dompurify';

export type HtmlDecision = { kind: 'plain'; html: string } | { kind: 'sandbox' };

/** A larger table would block the page while it is drawn; the sandbox has its own scrolling. */
const MAX_PLAIN = 400_000;

const TAGS = [
  ...['table', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td', 'caption', 'colgroup', 'col'],
  ...['div', 'span', 'p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre', 'blockquote'],
  ...['b', 'strong', 'i', 'em', 'u', 's', 'small', 'sub', 'sup', 'code', 'a'],
  ...['ul', 'ol', 'li', 'dl', 'dt', 'dd'],
];
const KEPT_ATTRIBUTES = ['colspan', 'rowspan', 'scope', 'span', 'href', 'title', 'start'];
/** Without them the content says the same. */
const DROPPED_ATTRIBUTES = new Set(['class', 'border', 'align', 'valign', 'id']);
/** What `DataFrame._repr_html_` puts before its table, and on its rows. */
const PANDAS_STYLE = /<style scoped>\s*(?:\.dataframe [\w\s:>-]+\{[\w\s:;-]*\}\s*)+<\/style>/g;
const PANDAS_ALIGNMENT = /(<t(?:r|h|d|able)(?: [a-z]+="[\w ]*")*) style="\s*text-align:\s*(?:left|right|center);?\s*"/g;
const CLEARLY_NOT_PLAIN = /<\s*(?:script|style|iframe|svg|img|form|link|meta)\b|<[^>]*[\s"'/](?:on\w+|style)\s*=/i;
const LINK = /^(?:https?:|mailto:)/i;

const tags = new Set(TAGS);
const keptAttributes = new Set(KEPT_ATTRIBUTES);

export function decide(original: string): HtmlDecision {
  if (original.length > MAX_PLAIN) return { kind: 'sandbox' };
  const html = withoutPandasLooks(original);
  // Even a document that is never shown reports what its policy forbids: what is clear isn't parsed at all.
  if (CLEARLY_NOT_PLAIN.test(html)) return { kind: 'sandbox' };
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  for (const element of parsed.querySelectorAll('*')) {
    if (element.localName === 'html' || element.localName === 'head' || element.localName === 'body') {
      if (element.attributes.length > 0) return { kind: 'sandbox' };
    } else if (!tags.has(element.localName) || !Array.from(element.attributes).every(isPlain)) {
      return { kind: 'sandbox' };
    }
  }
  const holder = cleaned(html);
  for (const table of holder.querySelectorAll('table')) align(table);
  return { kind: 'plain', html: holder.innerHTML };
}

function withoutPandasLooks(html: string): string {
  return html.replace(PANDAS_STYLE, '').replace(PANDAS_ALIGNMENT, '$1');
}

function isPlain({ name, value }: Attr): boolean {
  if (name === 'href') return LINK.test(value.trim());
  return keptAttributes.has(name) || DROPPED_ATTRIBUTES.has(name);
}

const NUMBER = /^[-+−]?[\d,.\s\u202f'_]*\d[\d,.]*(?:e[-+]?\d+)?\s*%?$|^(?:nan|none|nat|<na>|inf|-inf|–|-|…|\.{3}|)$/i;

/** No number is longer; a longer text need not be looked at. */
const MAX_NUMBER = 40;

/** For the alignment of a column: a number, a share, or what stands where there is none. */
export function looksNumeric(text: string): boolean {
  return text.length <= MAX_NUMBER && NUMBER.test(text);
}

/** Numbers stand below each other by their last digit, words by their first letter: a column is what its cells are. */
function align(table: HTMLTableElement): void {
  const rows = Array.from(table.rows);
  // Cells that span others leave no columns that could be counted.
  if (rows.some((row) => Array.from(row.cells).some((cell) => cell.colSpan > 1 || cell.rowSpan > 1))) return;
  const isWords: boolean[] = [];
  const isBody = (row: HTMLTableRowElement) => row.parentElement?.localName !== 'thead';
  for (const row of rows.filter(isBody)) {
    Array.from(row.cells).forEach((cell, column) => {
      isWords[column] ||= !looksNumeric(cell.textContent.trim());
    });
  }
  for (const row of rows) {
    Array.from(row.cells).forEach((cell, column) => {
      if (isWords[column]) cell.setAttribute('data-words', '');
    });
  }
}

/** Only what is on the list is left. Deciding is a matter of looks; this is what keeps the page safe. */
export function clean(html: string): string {
  return cleaned(html).innerHTML;
}

function cleaned(html: string): HTMLElement {
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: KEPT_ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: LINK,
    // Every other value would have to look like a link: merged cells would fall apart.
    ADD_URI_SAFE_ATTR: KEPT_ATTRIBUTES.filter((name) => name !== 'href'),
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll('a[href]')) {
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
  }
  // pandas leaves the corner of a table empty; a heading cell without a name is announced as nothing.
  for (const cell of fragment.querySelectorAll('th')) {
    if (cell.textContent.trim() !== '') continue;
    const corner = cell.ownerDocument.createElement('td');
    for (const { name, value } of Array.from(cell.attributes)) if (name !== 'scope') corner.setAttribute(name, value);
    cell.replaceWith(corner);
  }
  const holder = document.createElement('div');
  holder.append(fragment);
  return holder;
}
