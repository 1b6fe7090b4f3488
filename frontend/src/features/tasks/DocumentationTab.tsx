import { useQuery } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';
import * as queries from '@/api/queries';
import type { Task } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { NotebookIcon } from '@/components/icons';
import { Markdown } from '@/components/Markdown';
import { TextSkeleton } from '@/features/tasks/TextSkeleton';
import classes from './TaskPage.module.css';

/** What the author wrote for those who run the task. */
export function DocumentationTab({ task }: { task: Task }) {
  const { t } = useTranslation();
  const documentation = useQuery(queries.taskDocumentation(task.id));
  if (documentation.isPending) return <TextSkeleton label={t('tasks.page.documentation.loading')} />;
  if (!documentation.data) {
    return (
      <ErrorPanel
        error={documentation.error}
        title={t('tasks.page.documentation.notLoaded')}
        onRetry={() => void documentation.refetch()}
      />
    );
  }
  const { origin, text, file, truncated } = documentation.data;
  if (origin === 'none' || text.trim() === '') {
    return (
      <EmptyState icon={<NotebookIcon />} title={t('tasks.page.documentation.none')}>
        <Trans
          i18nKey={task.kind === 'notebook' ? 'tasks.page.documentation.howNotebook' : 'tasks.page.documentation.howScript'}
          components={{ file: <code>{task.file.replace(/\.[^./]+$/, '.md')}</code> }}
        />
      </EmptyState>
    );
  }
  return (
    <article className={classes.article} aria-label={t('tasks.page.tabs.documentation')}>
      <Markdown text={text} math />
      {truncated && <p className={classes.note}>{t('tasks.page.documentation.truncated')}</p>}
      <p className={classes.note}>
        <Trans
          i18nKey={origin === 'notebook' ? 'tasks.page.documentation.fromNotebook' : 'tasks.page.documentation.fromFile'}
          components={{ file: <code>{file}</code> }}
        />
      </p>
    </article>
  );
}
