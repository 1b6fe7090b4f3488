import { Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { ApiError } from '@/api/client';
import * as queries from '@/api/queries';
import type { Task } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { LastRuns } from '@/components/LastRuns';
import { Markdown } from '@/components/Markdown';
import { useTitle } from '@/components/PageHeader';
import { ProblemList } from '@/components/ProblemList';
import { SideDrawer } from '@/components/SideDrawer';
import { DiscardDialog } from '@/features/run-drawer/DiscardDialog';
import * as form from '@/features/run-drawer/form';
import * as kept from '@/features/run-drawer/kept';
import { RunForm } from '@/features/run-drawer/RunForm';
import { TaskConnections } from '@/features/run-drawer/TaskConnections';
import { useCloseOverlay } from '@/lib/overlay';
import classes from './RunDrawer.module.css';

/** What a task is, and the form that runs it: a drawer over the page it was opened from, so that nobody loses her place. */
export default function RunDrawer() {
  const { taskId = '' } = useParams();
  return <TaskDrawer key={taskId} taskId={taskId} />;
}

function TaskDrawer({ taskId }: { taskId: string }) {
  const leave = useCloseOverlay();
  const task = useQuery(queries.task(taskId));
  // The list behind the drawer knows the name already.
  const listed = useQueryClient().getQueryData(queries.tasks().queryKey)?.tasks.find((each) => each.id === taskId);
  const name = task.data?.name ?? listed?.name ?? taskId;
  const edited = useRef(false);
  const [asking, setAsking] = useState(false);
  const [discarded, setDiscarded] = useState(false);
  useTitle(name);

  const discard = () => {
    setAsking(false);
    // The form goes first: nothing may write down again what is forgotten here.
    setDiscarded(true);
    kept.forget(taskId);
    leave();
  };
  return (
    <SideDrawer title={name} width={600} closeOnEscape={!asking} onClose={() => (edited.current ? setAsking(true) : leave())}>
      {task.isPending && <Loading />}
      {task.isError && !task.data && <Failure error={task.error} taskId={taskId} onRetry={() => void task.refetch()} />}
      {task.data && !discarded && (
        <Loaded
          task={task.data}
          onEdited={(isEdited) => {
            edited.current = isEdited;
          }}
        />
      )}
      {asking && <DiscardDialog onKeep={() => setAsking(false)} onDiscard={discard} />}
    </SideDrawer>
  );
}

function Loaded({ task, onEdited }: { task: Task; onEdited: (edited: boolean) => void }) {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const wanted = search.get(form.FROM);
  const fromId = wanted !== null && /^[1-9]\d*$/.test(wanted) ? Number(wanted) : null;
  const from = useQuery({ ...queries.run(fromId ?? 0), enabled: fromId !== null });

  if (fromId !== null && from.isPending) return <Loading />;
  const filled = from.data
    ? form.fromRun(task.parameters, from.data.parameters, from.data.masked_parameters)
    : form.fromSearch(task.parameters, search);
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
      <RunForm
        key={`${search.toString()} ${from.data ? 'filled' : ''}`}
        task={task}
        search={search.toString()}
        initial={filled}
        initialFrom={from.data?.id ?? null}
        masked={from.data?.masked_parameters ?? []}
        onEdited={onEdited}
      />
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
        {task.last_runs.length > 0 && <LastRuns runs={task.last_runs} />}
      </div>
      {task.description && <Markdown text={task.description} />}
      {task.problems.length > 0 && (
        <section aria-label={t('runDrawer.problemsOfTask')} className={classes.problems}>
          {!task.runnable && <p className={classes.brokenTask}>{t('runDrawer.broken')}</p>}
          <ProblemList problems={task.problems} />
        </section>
      )}
      {task.connection_states.length > 0 && <TaskConnections taskId={task.id} states={task.connection_states} />}
      {children}
    </div>
  );
}

function Failure({ error, taskId, onRetry }: { error: Error; taskId: string; onRetry: () => void }) {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.status === 404) {
    return <EmptyState title={t('runDrawer.unknown', { id: taskId })}>{t('runDrawer.unknownText')}</EmptyState>;
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
