import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';
import { Link, Navigate, useLocation, useNavigate, useParams } from 'react-router';
import { ApiError } from '@/api/client';
import * as queries from '@/api/queries';
import type { Task } from '@/api/types';
import { CompareLink } from '@/components/CompareLink';
import { Duration } from '@/components/Duration';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { PlayIcon } from '@/components/icons';
import { LastRuns } from '@/components/LastRuns';
import { Markdown } from '@/components/Markdown';
import { PageHeader } from '@/components/PageHeader';
import { ProblemList } from '@/components/ProblemList';
import { useOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import { useShortcuts } from '@/lib/shortcuts';
import classes from './TaskPage.module.css';

/** What a task is and how it went so far. Parameters in its address are those of its form, and open it. */
export default function TaskPage() {
  const { taskId = '' } = useParams();
  const { search } = useLocation();
  if (search) return <Navigate to={paths.taskRun(taskId) + search} replace />;
  return <LoadedTask key={taskId} id={taskId} />;
}

function LoadedTask({ id }: { id: string }) {
  const { t } = useTranslation();
  const task = useQuery(queries.task(id));
  if (task.data) return <TaskView task={task.data} />;
  if (task.error instanceof ApiError && task.error.status === 404) return <UnknownTask id={id} />;
  return (
    <>
      <PageHeader title={id} />
      <div className={classes.body}>
        {task.isError ? (
          <ErrorPanel error={task.error} title={t('tasks.page.notLoaded')} onRetry={() => void task.refetch()} />
        ) : (
          <div role="status" aria-busy="true" aria-label={t('tasks.page.loading')}>
            <Skeleton height={14} width={260} mb={16} />
            <Skeleton height={14} width="70%" mb={10} />
            <Skeleton height={14} width="55%" />
          </div>
        )}
      </div>
    </>
  );
}

function UnknownTask({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('tasks.page.unknown.title')} />
      <EmptyState
        title={t('tasks.page.unknown.heading', { id })}
        action={
          <Button component={Link} to={paths.tasks()} variant="default">
            {t('tasks.page.unknown.action')}
          </Button>
        }
      >
        {t('tasks.page.unknown.text')}
      </EmptyState>
    </>
  );
}

function TaskView({ task }: { task: Task }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const overlay = useOverlay();
  const form = paths.taskRun(task.id);
  const [newest] = task.last_runs;
  useShortcuts({ r: () => void navigate(form, { state: overlay }) });
  return (
    <>
      <PageHeader title={task.name}>
        {newest && task.last_runs.length > 1 && <CompareLink run={newest.id} />}
        {task.runnable && (
          <Button component={Link} to={form} state={overlay} leftSection={<PlayIcon size={14} />}>
            {t('tasks.row.run')}
          </Button>
        )}
      </PageHeader>
      <div className={classes.body}>
        <div className={classes.facts}>
          <span>{t(task.kind === 'notebook' ? 'tasks.row.notebook' : 'tasks.row.script')}</span>
          <code className={classes.file}>{task.file}</code>
          {task.typical_seconds !== null && (
            <span title={t('tasks.row.median')}>
              <Trans i18nKey="tasks.page.usually" components={{ duration: <Duration seconds={task.typical_seconds} /> }} />
            </span>
          )}
          <LastRuns runs={task.last_runs} />
        </div>
        {task.problems.length > 0 && (
          <section aria-label={t('tasks.page.problems')}>
            <ProblemList problems={task.problems} />
          </section>
        )}
        {task.description && <Markdown text={task.description} />}
      </div>
    </>
  );
}
