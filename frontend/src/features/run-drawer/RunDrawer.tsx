import { Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { ApiError } from '@/api/client';
import * as queries from '@/api/queries';
import type { ConnectionState, Run, Task } from '@/api/types';
import { Duration } from '@/components/Duration';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { CheckIcon, ConnectionsIcon, ErrorIcon, WarningIcon } from '@/components/icons';
import { LastRuns } from '@/components/LastRuns';
import { Markdown } from '@/components/Markdown';
import { useTitle } from '@/components/PageHeader';
import { ProblemList } from '@/components/ProblemList';
import { SideDrawer } from '@/components/SideDrawer';
import * as form from '@/features/run-drawer/form';
import { RunForm } from '@/features/run-drawer/RunForm';
import { useCloseOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import classes from './RunDrawer.module.css';

/** What a task is, and the form that runs it: a drawer over the page it was opened from, so that nobody loses her place. */
export default function RunDrawer() {
  const { taskId = '' } = useParams();
  const close = useCloseOverlay();
  const task = useQuery(queries.task(taskId));
  // The list behind the drawer knows the name already.
  const listed = useQueryClient().getQueryData(queries.tasks().queryKey)?.tasks.find((each) => each.id === taskId);
  const name = task.data?.name ?? listed?.name ?? taskId;
  useTitle(name);
  return (
    <SideDrawer key={taskId} title={name} width={560} onClose={close}>
      {task.isPending && <Loading />}
      {task.isError && !task.data && <Failure error={task.error} taskId={taskId} onRetry={() => void task.refetch()} />}
      {task.data && <Loaded task={task.data} />}
    </SideDrawer>
  );
}

function Loaded({ task }: { task: Task }) {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const wanted = search.get(form.FROM);
  const fromId = wanted !== null && /^[1-9]\d*$/.test(wanted) ? Number(wanted) : null;
  const from = useQuery({ ...queries.run(fromId ?? 0), enabled: fromId !== null });

  if (fromId !== null && from.isPending) return <Loading />;
  const filled = from.data ? form.fromRun(task.parameters, from.data.parameters) : form.fromSearch(task.parameters, search);
  return (
    <>
      <About task={task}>
        {fromId !== null && from.isError && (
          <ErrorPanel
            error={from.error}
            title={t('runDrawer.valuesNotRead', { id: fromId })}
            onRetry={() => void from.refetch()}
          />
        )}
      </About>
      {/* Another run to start from is another form; news about the task or the run must not undo what was typed. */}
      <RunForm key={`${search.toString()} ${from.data ? 'filled' : ''}`} task={task} initial={filled} initialFrom={from.data ?? (null as Run | null)} />
    </>
  );
}

function About({ task, children }: { task: Task; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={classes.about}>
      <div className={classes.facts}>
        <span>{t(task.kind === 'notebook' ? 'runDrawer.notebook' : 'runDrawer.script')}</span>
        <code className={classes.file}>{task.file}</code>
        {task.typical_seconds !== null && (
          <span>
            <Trans i18nKey="runDrawer.usually" components={{ duration: <Duration seconds={task.typical_seconds} /> }} />
          </span>
        )}
        {task.last_runs.length > 0 && <LastRuns runs={task.last_runs} />}
      </div>
      {task.description && <Markdown text={task.description} />}
      {task.problems.length > 0 && (
        <section aria-label={t('runDrawer.problems')} className={classes.problems}>
          {!task.runnable && <p className={classes.broken}>{t('runDrawer.broken')}</p>}
          <ProblemList problems={task.problems} />
        </section>
      )}
      {task.connection_states.length > 0 && (
        <ul className={classes.connections} aria-label={t('runDrawer.connections.label')}>
          {task.connection_states.map((state) => (
            <Connection key={state.id} state={state} />
          ))}
        </ul>
      )}
      {children}
    </div>
  );
}

function Connection({ state }: { state: ConnectionState }) {
  const { t } = useTranslation();
  const name = state.name || state.id;
  return (
    <li className={classes.connection} data-state={!state.declared ? 'missing' : state.configured ? 'ready' : 'open'}>
      <ConnectionsIcon size={14} />
      {state.declared ? <Link to={paths.connection(state.id)}>{name}</Link> : <span>{name}</span>}
      <span className={classes.connectionState}>
        {!state.declared ? (
          <>
            <ErrorIcon size={13} /> {t('runDrawer.connections.missing')}
          </>
        ) : state.configured ? (
          <>
            <CheckIcon size={13} /> {t('runDrawer.connections.configured')}
          </>
        ) : (
          <>
            <WarningIcon size={13} /> {t('runDrawer.connections.notConfigured')}
          </>
        )}
      </span>
    </li>
  );
}

function Failure({ error, taskId, onRetry }: { error: Error; taskId: string; onRetry: () => void }) {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.status === 404) {
    return (
      <EmptyState title={t('runDrawer.unknown', { id: taskId })}>
        {t('runDrawer.unknownText')}
      </EmptyState>
    );
  }
  return (
    <div className={classes.about}>
      <ErrorPanel error={error} title={t('runDrawer.notLoaded')} onRetry={onRetry} />
    </div>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div className={classes.about} role="status" aria-busy="true" aria-label={t('runDrawer.loading')}>
      <Skeleton height={12} width="55%" />
      <Skeleton height={12} mt={12} />
      <Skeleton height={12} mt={8} width="80%" />
      {[1, 2, 3].map((index) => (
        <div key={index}>
          <Skeleton height={12} mt={24} width={120} />
          <Skeleton height={34} mt={8} />
        </div>
      ))}
    </div>
  );
}
