import { useEffect, useState } from 'react';
import type { Language } from './highlight';

type Highlight = typeof import('./highlight').highlight;

/** HTML of some code; `null` for code that would hold up the page: it is shown without colours. */
export type Highlighter = (code: string, language: Language) => string | null;

const MAX_HIGHLIGHTED = 60_000;

let loaded: Highlighter | null = null;

function bounded(highlight: Highlight): Highlighter {
  return (code, language) => (code.length <= MAX_HIGHLIGHTED ? highlight(code, language) : null);
}

/** `null` until the colours are loaded, which begins when they are first wanted. */
export function useHighlighter(wanted: boolean): Highlighter | null {
  const [highlighter, setHighlighter] = useState<Highlighter | null>(() => loaded);
  useEffect(() => {
    if (highlighter || !wanted) return undefined;
    let gone = false;
    void import('./highlight').then((module) => {
      loaded ??= bounded(module.highlight);
      if (!gone) setHighlighter(() => loaded);
    });
    return () => {
      gone = true;
    };
  }, [highlighter, wanted]);
  return wanted ? highlighter : null;
}
