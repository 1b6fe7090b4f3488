/**
 * Markdown as one line of plain text, for a row. By its marks alone: the library that draws Markdown is larger than
 * the page of tasks, which needs no more than this.
 */
export function plainText(markdown: string): string {
  const unmarked = markdown
    .replace(/^ {0,3}(?:#{1,6} +|>+ ?|[-*+] +|\d+[.)] +|```.*$|~~~.*$|[-*_=]{3,} *$)/gm, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__|~~)(?=\S)(.*?\S)\1/g, '$2')
    .replace(/(?<![\w*])([*_])(?=\S)(.*?\S)\1(?![\w*])/g, '$2')
    .replace(/`+([^`]+)`+/g, '$1');
  // Tags and entities, as the browser reads them; nothing of it is drawn.
  const text = new DOMParser().parseFromString(unmarked, 'text/html').body.textContent;
  return text.replace(/\s+/g, ' ').trim();
}
