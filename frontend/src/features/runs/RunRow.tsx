import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ParameterValue, Run } from '@/api/types';
import { Duration, Elapsed } from '@/components/Duration';
import { StatusBadge } from '@/components/StatusBadge';
import { Time } from '@/components/Time';
import * as paths from '@/lib/paths';
import classes from './RunsPage.module.css';

export function RunRow({ run }: { run: Run }) {
  const { t } = useTranslation();
  const values = summary(run.parameters);
  return (
    <tr className={classes.row}>
      <td className={classes.status}>
        <StatusBadge status={run.status} cancelRequestedAt={run.cancel_requested_at} />
      </td>
      <td className={classes.what}>
        <div className={classes.line}>
          <Link to={paths.run(run.id)} className={classes.name} aria-label={t('runs.row.label', { id: run.id, task: run.task_name })}>
            {run.task_name}
          </Link>
          <span className={classes.id}>{run.id}</span>
        </div>
        {run.reason && <div className={classes.reason}>{run.reason}</div>}
        {run.status === 'succeeded' && run.error_count > 0 && (
          <div className={classes.reason}>{t('runs.row.errors', { count: run.error_count })}</div>
        )}
        {run.status === 'queued' && run.waiting !== null && run.waiting.kind !== 'retry' && (
          <div className={classes.reason}>{run.waiting.text}</div>
        )}
      </td>
      <td className={classes.values} title={values}>
        {values}
      </td>
      <td className={classes.time}>
        <Time at={run.started_at ?? run.created_at} />
      </td>
      <td className={classes.duration}>
        {run.status === 'running' && run.started_at ? <Elapsed since={run.started_at} /> : <Duration seconds={run.seconds} />}
      </td>
    </tr>
  );
}

/** "year 2023, district Kampala": enough to tell runs apart. */
function summary(parameters: Record<string, ParameterValue>): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name} ${String(value).replace(/\s+/g, ' ')}`)
    .join(', ');
}

export function RunRowSkeleton() {
  return (
    <tr className={classes.row}>
      <td className={classes.status}>
        <Skeleton width={90} height={13} my={4} />
      </td>
      <td className={classes.what}>
        <Skeleton width={190} height={13} my={4} />
      </td>
      <td className={classes.values}>
        <Skeleton width={140} height={13} my={4} />
      </td>
      <td className={classes.time}>
        <Skeleton width={90} height={13} my={4} />
      </td>
      <td className={classes.duration}>
        <Skeleton width={60} height={13} my={4} ml="auto" />
      </td>
    </tr>
  );
}
