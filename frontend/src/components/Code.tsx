import { memo, useEffect, useState } from 'react';
import type { Language } from './highlight';
import classes from './Code.module.css';

type Highlighter = typeof import('./highlight').highlight;

let loaded: Highlighter | null = null;

/** Longer code would hold up the page; it is shown without colours. */
const MAX_HIGHLIGHTED = 60_000;

interface CodeProps {
  code: string;
  language: Language;
  label: string;
}

/** Code in colours; until those are loaded, the same text without. */
export const Code = memo(function Code({ code, language, label }: CodeProps) {
  const highlight = useHighlighter();
  const html = highlight && code.length <= MAX_HIGHLIGHTED ? highlight(code, language) : null;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
    <pre className={classes.code} tabIndex={0} role="group" aria-label={label}>
      {html === null ? <code>{code}</code> : <code dangerouslySetInnerHTML={{ __html: html }} />}
    </pre>
  );
});

function useHighlighter(): Highlighter | null {
  const [highlighter, setHighlighter] = useState<Highlighter | null>(() => loaded);
  useEffect(() => {
    if (highlighter) return;
    let gone = false;
    void import('./highlight').then((module) => {
      loaded = module.highlight;
      if (!gone) setHighlighter(() => module.highlight);
    });
    return () => {
      gone = true;
    };
  }, [highlighter]);
  return highlighter;
}

/** Of a cell: its magic command tells, else it is the notebook's language. */
export function languageOf(source: string, usual: Language): Language {
  const magic = /^\s*%%(\w+)/.exec(source)?.[1]?.toLowerCase();
  if (magic === 'bash' || magic === 'sh') return 'bash';
  if (magic === 'sql') return 'sql';
  if (magic === 'r') return 'r';
  return usual;
}
