/** Formulas as MathML, which browsers draw themselves. Loaded with the first formula that is shown. */

import temml from 'temml';
import 'temml/dist/Temml-Local.css';
import type { Formula } from './math';

/** Deeper definitions are somebody's attempt to keep the page busy. */
const MAX_EXPANSIONS = 1_000;

/** Draws a formula into the element; one that is not understood stays as it was written. */
export function draw(element: HTMLElement, { tex, display }: Formula): void {
  try {
    // Nodes, not text to be parsed: nothing in a formula becomes markup, nor a style that the page's policy forbids.
    temml.render(tex, element, { displayMode: display, throwOnError: true, trust: false, maxExpand: MAX_EXPANSIONS });
  } catch (error) {
    element.textContent = tex;
    element.title = error instanceof Error ? error.message : String(error);
  }
}
