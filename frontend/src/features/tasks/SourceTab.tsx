import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import * as queries from '@/api/queries';
import type { Task, TaskSource } from '@/api/types';
import { Code, languageOf } from '@/components/Code';
import { CopyButton } from '@/components/CopyButton';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { ScriptIcon } from '@/components/icons';
import { Markdown } from '@/components/Markdown';
import { Tag } from '@/components/Tag';
import { TextSkeleton } from '@/features/tasks/TextSkeleton';
import classes from './TaskPage.module.css';

/** The code of the task as it is now, to read. */
export function SourceTab({ task }: { task: Task }) {
  const { t } = useTranslation();
  const source = useQuery(queries.taskSource(task.id));
  if (source.isPending) return <TextSkeleton label={t('tasks.page.source.loading')} />;
  if (!source.data) {
    return <ErrorPanel error={source.error} title={t('tasks.page.source.notLoaded')} onRetry={() => void source.refetch()} />;
  }
  const { file, text, cells, truncated } = source.data;
  const whole = text ?? (cells ?? []).map((cell) => cell.source).join('\n\n');
  return (
    <section aria-label={t('tasks.page.tabs.source')} className={classes.source}>
      <div className={classes.sourceHead}>
        <code className={classes.file}>{file}</code>
        <span className={classes.note}>{t('tasks.page.source.readOnly')}</span>
        <CopyButton text={whole} label={t('tasks.page.source.copy')} withLabel />
      </div>
      {whole.trim() === '' ? (
        <EmptyState icon={<ScriptIcon />} title={t('tasks.page.source.empty')} />
      ) : text !== null ? (
        <Code code={text} language={highlighted(source.data.language)} label={file} />
      ) : (
        <Cells source={source.data} />
      )}
      {truncated && <p className={classes.note}>{t('tasks.page.source.truncated')}</p>}
    </section>
  );
}

function Cells({ source }: { source: TaskSource }) {
  const { t } = useTranslation();
  const language = highlighted(source.language);
  return (
    <ol className={classes.cells}>
      {source.cells?.map((cell, index) => (
        <li key={index} className={classes.cell}>
          {cell.tags.length > 0 && (
            <div className={classes.cellTags}>
              {cell.tags.map((tag) => (
                <Tag key={tag}>{tag}</Tag>
              ))}
            </div>
          )}
          {cell.type === 'markdown' ? (
            <Markdown text={cell.source} />
          ) : (
            <Code code={cell.source} language={languageOf(cell.source, language)} label={t('tasks.page.source.cell', { number: index + 1 })} />
          )}
        </li>
      ))}
    </ol>
  );
}

const LANGUAGES = ['bash', 'json', 'julia', 'python', 'r', 'sql'] as const;

/** A language that has no colours here is read well enough in Python's. */
function highlighted(language: string): (typeof LANGUAGES)[number] {
  return LANGUAGES.find((known) => known === language) ?? 'python';
}
