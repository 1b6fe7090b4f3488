import { useTranslation } from 'react-i18next';
import { Code, languageOf } from '@/components/Code';
import type { Language } from '@/components/highlight';
import { Markdown } from '@/components/Markdown';
import type { Cell } from './run-state';
import classes from './notebook.module.css';

/** What the author wrote: code in colours, texts as they are to be read. */
export function CellSource({ cell, language, name }: { cell: Cell; language: Language; name: string }) {
  const { t } = useTranslation();
  switch (cell.type) {
    case 'code':
      return cell.source === '' ? null : (
        <Code code={cell.source} language={languageOf(cell.source, language)} label={t('run.output.code', { of: name })} />
      );
    case 'markdown':
      return (
        <div className={classes.prose}>
          <Markdown text={cell.source} math />
        </div>
      );
    case 'raw':
      return <pre className={classes.raw}>{cell.source}</pre>;
  }
}
