/** The name of the browser's tab: that of the page, behind what somebody elsewhere should notice. */

let page = '';
let mark = '';

function show(): void {
  document.title = mark ? `${mark} – ${page}` : page;
}

/** @returns gives the tab the name it had before */
export function name(title: string): () => void {
  const before = page || document.title;
  page = title;
  show();
  return () => {
    page = before;
    show();
  };
}

/** Puts a text in front of every page's name; an empty one takes it away. */
export function setMark(text: string): void {
  page ||= document.title;
  mark = text;
  show();
}
