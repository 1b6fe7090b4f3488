import { Button, Skeleton, Tabs } from '@mantine/core';
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
import { Tag } from '@/components/Tag';
import { CheckCount, CheckTab } from '@/features/tasks/CheckTab';
import { DocumentationTab } from '@/features/tasks/DocumentationTab';
import { ParametersTab } from '@/features/tasks/ParametersTab';
import { RunsTab } from '@/features/tasks/RunsTab';
import { SourceTab } from '@/features/tasks/SourceTab';
import { Star } from '@/features/tasks/Star';
import { TaskConnections } from '@/features/tasks/TaskConnections';
import { useFavourites } from '@/lib/favourites';
import { formatCount } from '@/lib/numbers';
import { useOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import { useShortcuts } from '@/lib/shortcuts';
import { useSelectedTab } from '@/lib/useSelectedTab';
import classes from './TaskPage.module.css';

/** The first one is at the address of the task itself. */
const TABS = ['runs', 'parameters', 'documentation', 'source', 'check'] as const;
type TabName = (typeof TABS)[number];

/** What a task is and how it went so far. Parameters in its address are those of its form, and open it. */
export default function TaskPage() {
  const { taskId = '', tab = 'runs' } = useParams();
  const { search } = useLocation();
  const known = TABS.find((name) => name === tab);
  if (search && known === 'runs') return <Navigate to={paths.taskRun(taskId) + search} replace />;
  if (!known) return <Navigate to={paths.task(taskId)} replace />;
  return <LoadedTask key={taskId} id={taskId} tab={known} />;
}

function LoadedTask({ id, tab }: { id: string; tab: TabName }) {
  const { t } = useTranslation();
  const task = useQuery(queries.task(id));
  if (task.data) return <TaskView task={task.data} tab={tab} />;
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

function TaskView({ task, tab }: { task: Task; tab: TabName }) {
  const { t } = useTranslation();
  const tabList = useSelectedTab(tab);
  const navigate = useNavigate();
  const overlay = useOverlay();
  const starred = useFavourites().includes(task.id);
  const form = paths.taskRun(task.id);
  const [newest] = task.last_runs;
  useShortcuts({ r: () => void navigate(form, { state: overlay }) });
  return (
    <>
      <PageHeader title={task.name} detail={<Star task={task} starred={starred} />}>
        {newest && task.last_runs.length > 1 && <CompareLink run={newest.id} />}
        {task.runnable && (
          <Button component={Link} to={form} state={overlay} leftSection={<PlayIcon size={14} />}>
            {t('tasks.row.run')}
          </Button>
        )}
      </PageHeader>
      <div className={classes.body}>
        <div className={classes.facts}>
          <code className={classes.file}>{task.id}</code>
          <span>{t(task.kind === 'notebook' ? 'tasks.row.notebook' : 'tasks.row.script')}</span>
          <code className={classes.file}>{task.file}</code>
          {task.typical_seconds !== null && (
            <span title={t('tasks.row.median')}>
              <Trans i18nKey="tasks.page.usually" components={{ duration: <Duration seconds={task.typical_seconds} /> }} />
            </span>
          )}
          <LastRuns runs={task.last_runs} />
          {task.tags.length > 0 && (
            <ul className={classes.tags} aria-label={t('tasks.page.tags')}>
              {task.tags.map((tag) => (
                <li key={tag}>
                  <Link to={paths.tasksWithTag(tag)} className={classes.tag} title={t('tasks.page.sameTag', { tag })}>
                    <Tag>{tag}</Tag>
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </div>
        {task.problems.length > 0 && (
          <section aria-label={t('tasks.page.problems')}>
            {!task.runnable && <p className={classes.broken}>{t('tasks.page.broken')}</p>}
            <ProblemList problems={task.problems} />
          </section>
        )}
        {task.description && (
          <div className={classes.description}>
            <Markdown text={task.description} />
          </div>
        )}
        <TaskConnections states={task.connection_states} />
      </div>
      <Tabs
        value={tab}
        onChange={(next) => void navigate(paths.task(task.id, next === null || next === 'runs' ? '' : next), { replace: true })}
        keepMounted={false}
      >
        <Tabs.List ref={tabList} className={classes.tabList ?? ''} aria-label={t('tasks.page.tabs.label')}>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tasks.page.tabs.${name}`)}{' '}
              {name === 'parameters' && task.parameters.length > 0 && (
                <span className={classes.count}>{formatCount(task.parameters.length)}</span>
              )}
              {name === 'check' && <CheckCount task={task} className={classes.count ?? ''} />}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="runs">
          <RunsTab task={task} />
        </Tabs.Panel>
        <Tabs.Panel value="parameters" className={classes.panel ?? ''}>
          <ParametersTab task={task} />
        </Tabs.Panel>
        <Tabs.Panel value="documentation" className={classes.panel ?? ''}>
          <DocumentationTab task={task} />
        </Tabs.Panel>
        <Tabs.Panel value="source" className={classes.panel ?? ''}>
          <SourceTab task={task} />
        </Tabs.Panel>
        <Tabs.Panel value="check" className={classes.panel ?? ''}>
          <CheckTab task={task} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
