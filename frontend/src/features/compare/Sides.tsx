import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Run } from '@/api/types';
import { Duration, Elapsed } from '@/components/Duration';
import { StatusBadge } from '@/components/StatusBadge';
import { Time } from '@/components/Time';
import * as paths from '@/lib/paths';
import classes from './ComparePage.module.css';

/** Which two runs these are. */
export function Sides({ a, b }: { a: Run; b: Run }) {
  return (
    <div className={classes.sides}>
      <OneSide run={a} side="a" />
      <OneSide run={b} side="b" />
    </div>
  );
}

function OneSide({ run, side }: { run: Run; side: 'a' | 'b' }) {
  const { t } = useTranslation();
  return (
    <section className={classes.side} aria-label={t('compare.runIn', { side: t(`compare.side.${side}`), id: run.id })}>
      <span className={classes.letter} data-side={side} aria-hidden="true">
        {t(`compare.side.${side}`)}
      </span>
      <div className={classes.sideBody}>
        <div className={classes.sideLine}>
          <Link to={paths.run(run.id)} className={classes.sideRun}>
            {t('compare.run', { id: run.id })}
          </Link>
          <StatusBadge status={run.status} cancelRequestedAt={run.cancel_requested_at} errorCount={run.error_count} size={14} />
        </div>
        <div className={classes.sideTask}>{run.task_name}</div>
        <div className={classes.sideFacts}>
          <Time at={run.started_at ?? run.created_at} />
          <span>{t(`runs.triggers.${run.trigger}`)}</span>
          {run.status === 'running' && run.started_at ? <Elapsed since={run.started_at} /> : <Duration seconds={run.seconds} />}
        </div>
        {run.reason && <div className={classes.reason}>{run.reason}</div>}
      </div>
    </section>
  );
}

export function SidesSkeleton() {
  return (
    <div className={classes.sides}>
      {['a', 'b'].map((side) => (
        <div key={side} className={classes.side}>
          <Skeleton width={22} height={22} />
          <div className={classes.sideBody}>
            <Skeleton width={140} height={14} my={4} />
            <Skeleton width={180} height={13} my={4} />
            <Skeleton width={200} height={12} my={4} />
          </div>
        </div>
      ))}
    </div>
  );
}
