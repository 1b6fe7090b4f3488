import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import * as queries from '@/api/queries';
import { isFinal, type Run } from '@/api/types';
import { CompareLink } from '@/components/CompareLink';
import { Duration, Elapsed } from '@/components/Duration';
import { NotifyWhenEnded } from '@/components/NotifyWhenEnded';
import { PlayIcon } from '@/components/icons';
import { PageHeader } from '@/components/PageHeader';
import { StatusBadge } from '@/components/StatusBadge';
import { Time } from '@/components/Time';
import { formatDuration } from '@/lib/durations';
import { useOverlay } from '@/lib/overlay';
import * as paths from '@/lib/paths';
import { useShortcuts } from '@/lib/shortcuts';
import { CancelButton } from './CancelButton';
import * as cells from './cells';
import { Downloads } from './Downloads';
import { Parameters } from './Parameters';
import { Remaining } from './Remaining';
import type { RunStore } from './run-store';
import { useRunState } from './useRunEvents';
import classes from './page.module.css';

/** What the run is and how it stands; always in view. */
export function RunStrip({ run, store }: { run: Run; store: RunStore }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const again = paths.taskRun(run.task, { from: run.id });
  const overlay = useOverlay();
  useShortcuts({ r: () => void navigate(again, { state: overlay }) });
  return (
    <>
      <PageHeader
        title={run.task_name}
        detail={
          <div className={classes.detail}>
            <span className={classes.number}>{t('run.title', { id: run.id })}</span>
            <StatusBadge status={run.status} cancelRequestedAt={run.cancel_requested_at} errorCount={run.error_count} />
          </div>
        }
      >
        {run.attempt > 0 && <Downloads run={run} />}
        <NotifyWhenEnded run={run} />
        {isFinal(run.status) && <CompareLink run={run.id} />}
        {!isFinal(run.status) && <CancelButton run={run} />}
        <Button
          component={Link}
          to={again}
          state={overlay}
          variant={isFinal(run.status) ? 'filled' : 'default'}
          leftSection={<PlayIcon size={14} />}
        >
          {t('run.strip.again')}
        </Button>
      </PageHeader>
      <div className={classes.strip}>
        <Clock run={run} />
        {run.status === 'running' && <Remaining run={run} store={store} />}
        <Where run={run} store={store} />
        <Parameters run={run} />
      </div>
    </>
  );
}

function Clock({ run }: { run: Run }) {
  const task = useQuery(queries.task(run.task));
  const usual = task.data?.typical_seconds ?? null;
  if (run.status === 'queued' && run.waiting?.until) {
    return (
      <span>
        <Trans
          i18nKey="run.strip.nextAttempt"
          values={{ number: run.attempt + 1 }}
          components={{ moment: <Time at={run.waiting.until} /> }}
        />
      </span>
    );
  }
  if (run.status === 'queued') {
    return (
      <span>
        <Trans i18nKey="run.strip.askedFor" components={{ moment: <Time at={run.created_at} /> }} />
      </span>
    );
  }
  if (!isFinal(run.status)) {
    return (
      <span>
        <Trans
          i18nKey={usual === null ? 'run.strip.elapsed' : 'run.strip.elapsedUsually'}
          values={{ usual: formatDuration(usual ?? 0) }}
          components={{
            elapsed: (
              <span className={classes.clock}>
                <Elapsed since={run.started_at ?? run.created_at} />
              </span>
            ),
          }}
        />
      </span>
    );
  }
  return (
    <span>
      <Trans
        i18nKey="run.strip.took"
        components={{
          duration: (
            <span className={classes.clock}>
              <Duration seconds={run.seconds} />
            </span>
          ),
          moment: <Time at={run.finished_at ?? run.created_at} />,
        }}
      />
    </span>
  );
}

/** "Cell 7 of 23: Load claims"; at the end, why it ended so. */
function Where({ run, store }: { run: Run; store: RunStore }) {
  const list = useRunState(store, (state) => state.cells);
  const running = useRunState(store, (state) => state.running);
  useTranslation();
  const where = isFinal(run.status) || run.status === 'queued' ? run.reason.split('\n', 1)[0] : cells.position(list, running);
  if (!where) return null;
  return (
    <span className={classes.where} title={where}>
      {where}
    </span>
  );
}
