import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { useMemo } from 'react';
import classes from './Markdown.module.css';

const ALLOWED = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ['style', 'form', 'input', 'button', 'iframe', 'object', 'embed'],
  FORBID_ATTR: ['style', 'id', 'name', 'class'],
};

/** Text by a task's author: Markdown, with everything taken out that could run or restyle the page. */
export function Markdown({ text }: { text: string }) {
  const html = useMemo(() => render(text), [text]);
  return <div className={classes.markdown} dangerouslySetInnerHTML={{ __html: html }} />;
}

function render(text: string): string {
  const fragment = DOMPurify.sanitize(marked.parse(text, { async: false, gfm: true }), {
    ...ALLOWED,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll('a[href^="http"]')) {
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
  }
  const holder = document.createElement('div');
  holder.append(fragment);
  return holder.innerHTML;
}
