import { Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as queries from '@/api/queries';
import type { ParameterValue, Run, Task } from '@/api/types';
import { Duration, Elapsed } from '@/components/Duration';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { RunsIcon } from '@/components/icons';
import { StatusBadge } from '@/components/StatusBadge';
import { Time } from '@/components/Time';
import { withoutT } from '@/lib/moments';
import * as paths from '@/lib/paths';
import classes from './RunsTab.module.css';

const SHOWN = 20;

/** The last runs of a task, live. All of them are on the page of runs. */
export function RunsTab({ task }: { task: Task }) {
  const { t } = useTranslation();
  const runs = useInfiniteQuery(queries.runs({ task: task.id }));
  if (runs.isPending) return <Loading />;
  if (!runs.data) {
    return (
      <div className={classes.pad}>
        <ErrorPanel error={runs.error} title={t('tasks.page.runs.notLoaded')} onRetry={() => void runs.refetch()} />
      </div>
    );
  }
  const known = runs.data.pages.flatMap((page) => page.runs);
  if (known.length === 0) {
    return (
      <EmptyState icon={<RunsIcon />} title={t('tasks.page.runs.none')}>
        {t('tasks.page.runs.noneText')}
      </EmptyState>
    );
  }
  return (
    <>
      <ul className={classes.list} aria-label={t('tasks.page.runs.label')}>
        {known.slice(0, SHOWN).map((run) => (
          <RunLine key={run.id} run={run} task={task} />
        ))}
      </ul>
      <p className={classes.all}>
        <Link to={paths.runs({ task: task.id })}>{t('tasks.page.runs.all')}</Link>
      </p>
    </>
  );
}

function RunLine({ run, task }: { run: Run; task: Task }) {
  const { t } = useTranslation();
  return (
    <li className={classes.row}>
      <StatusBadge status={run.status} cancelRequestedAt={run.cancel_requested_at} errorCount={run.error_count} />
      <div className={classes.what}>
        <Link to={paths.run(run.id)} className={classes.name}>
          {t('tasks.page.runs.run', { id: run.id })}
        </Link>
        <Values run={run} task={task} />
        {run.reason && <div className={classes.reason}>{run.reason}</div>}
      </div>
      <span className={classes.time}>
        <Time at={run.started_at ?? run.created_at} />
      </span>
      <span className={classes.duration}>
        {run.status === 'running' && run.started_at ? <Elapsed since={run.started_at} /> : <Duration seconds={run.seconds} />}
      </span>
    </li>
  );
}

/** The values under the titles of the form; those that the form begins with are of no news. */
function Values({ run, task }: { run: Run; task: Task }) {
  const { t } = useTranslation();
  const told = task.parameters.filter(({ name, default: usual }) => isTold(run.parameters[name], usual));
  if (told.length === 0) return <span className={classes.usual}>{t('tasks.page.runs.usualValues')}</span>;
  return (
    <dl className={classes.values}>
      {told.map(({ name, title, allowed_values: allowed }) => {
        const value = run.parameters[name] ?? null;
        const text = allowed.find((each) => each.value === value)?.label ?? shown(value, t);
        return (
          <div key={name}>
            <dt>{title || name}</dt> <dd title={text}>{text}</dd>
          </div>
        );
      })}
    </dl>
  );
}

function isTold(value: ParameterValue | undefined, usual: ParameterValue): boolean {
  return value !== undefined && value !== null && value !== '' && value !== usual;
}

function shown(value: ParameterValue, t: TFunction): string {
  if (typeof value === 'boolean') return t(value ? 'tasks.page.parameters.yes' : 'tasks.page.parameters.no');
  return withoutT(String(value));
}

function Loading() {
  const { t } = useTranslation();
  return (
    <ul className={classes.list} role="status" aria-busy="true" aria-label={t('tasks.page.runs.loading')}>
      {[1, 2, 3, 4].map((index) => (
        <li key={index} className={classes.row}>
          <Skeleton width={90} height={13} my={4} />
          <Skeleton width="60%" height={13} my={4} />
          <Skeleton width={80} height={13} my={4} className={classes.time} />
          <Skeleton width={50} height={13} my={4} />
        </li>
      ))}
    </ul>
  );
}
