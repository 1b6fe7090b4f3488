/** Where in a text the colours of highlight.js are. */

export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly className: string;
}

/** From its HTML, in which all text is escaped and nothing is but spans; the outer ones before those within. */
export function marksOf(html: string): Mark[] {
  const template = document.createElement('template');
  template.innerHTML = html;
  const found: Mark[] = [];
  let at = 0;
  const walk = (node: Node) => {
    for (const child of node.childNodes) {
      if (!(child instanceof HTMLElement)) {
        at += child.textContent?.length ?? 0;
        continue;
      }
      const place = found.push({ from: at, to: at, className: child.className }) - 1;
      walk(child);
      const begun = found[place];
      if (begun) found[place] = { ...begun, to: at };
    }
  };
  walk(template.content);
  return found.filter(({ from, to }) => from < to);
}
