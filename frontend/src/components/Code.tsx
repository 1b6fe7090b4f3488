import { memo } from 'react';
import { Scroll } from '@/components/Scroll';
import type { Language } from './highlight';
import { useHighlighter } from './useHighlighter';
import classes from './Code.module.css';
import colours from './highlight.module.css';

interface CodeProps {
  code: string;
  language: Language;
  label: string;
}

/** Code in colours; until those are loaded, the same text without. */
export const Code = memo(function Code({ code, language, label }: CodeProps) {
  const html = useHighlighter(true)?.(code, language) ?? null;
  return (
    <Scroll as="pre" className={`${classes.code} ${colours.colours}`} aria-label={label}>
      {html === null ? <code>{code}</code> : <code dangerouslySetInnerHTML={{ __html: html }} />}
    </Scroll>
  );
});

/** Of a cell: its magic command tells, else it is the notebook's language. */
export function languageOf(source: string, usual: Language): Language {
  const magic = /^\s*%%(\w+)/.exec(source)?.[1]?.toLowerCase();
  if (magic === 'bash' || magic === 'sh') return 'bash';
  if (magic === 'sql') return 'sql';
  if (magic === 'r') return 'r';
  return usual;
}
