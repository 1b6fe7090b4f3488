import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { useMemo, useRef } from 'react';
import { useFormulas } from './Formula';
import { pieces, type Formula } from './math';
import classes from './Markdown.module.css';

const ALLOWED = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ['style', 'form', 'input', 'button', 'iframe', 'object', 'embed'],
  FORBID_ATTR: ['style', 'id', 'name', 'class'],
};

interface MarkdownProps {
  text: string;
  /** Draws `$…$` and its like as formulas, as Jupyter does. */
  math?: boolean;
}

/** Text by a task's author: Markdown, with everything taken out that could run or restyle the page. */
export function Markdown({ text, math = false }: MarkdownProps) {
  const { html, formulas } = useMemo(() => render(text, math), [text, math]);
  const holder = useRef<HTMLDivElement>(null);
  useFormulas(() => {
    const places = holder.current?.querySelectorAll<HTMLElement>('[data-formula]') ?? [];
    return Array.from(places).flatMap((place): [HTMLElement, Formula][] => {
      const formula = formulas[Number(place.dataset.formula)];
      return formula ? [[place, formula]] : [];
    });
  }, html);
  return <div ref={holder} className={classes.markdown} dangerouslySetInnerHTML={{ __html: html }} />;
}

function render(text: string, math: boolean): { html: string; formulas: Formula[] } {
  const formulas: Formula[] = [];
  // Formulas are kept from Markdown, to which their underscores and backslashes mean something else.
  const placed = (piece: string | Formula) =>
    typeof piece === 'string' ? piece : `<span data-formula="${formulas.push(piece) - 1}"></span>`;
  const source = math ? pieces(text).map(placed).join('') : text;
  const fragment = DOMPurify.sanitize(marked.parse(source, { async: false, gfm: true }), {
    ...ALLOWED,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll('a[href^="http"]')) {
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
  }
  // Until they are drawn, and where they cannot be, formulas are read as they were written.
  for (const place of fragment.querySelectorAll<HTMLElement>('[data-formula]')) {
    place.textContent = formulas[Number(place.dataset.formula)]?.tex ?? '';
  }
  const holder = document.createElement('div');
  holder.append(fragment);
  return { html: holder.innerHTML, formulas };
}
