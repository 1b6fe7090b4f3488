import { useQuery } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as queries from '@/api/queries';
import type { Run } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { RunsIcon } from '@/components/icons';
import * as paths from '@/lib/paths';
import classes from './page.module.css';

/** Why a queued run has not begun. */
export function Waiting({ run }: { run: Run }) {
  const { t } = useTranslation();
  const health = useQuery(queries.health());
  const worker = health.data?.worker;
  if (run.waiting_for !== null) {
    return (
      <EmptyState icon={<RunsIcon />} title={t('run.waiting.forRun', { id: run.waiting_for })}>
        <p>
          <Trans
            i18nKey="run.waiting.forRunText"
            values={{ id: run.waiting_for }}
            components={{ run: <Link to={paths.run(run.waiting_for)} className={classes.link ?? ''} /> }}
          />
        </p>
      </EmptyState>
    );
  }
  if (run.waiting?.kind === 'resources' || run.waiting?.kind === 'limit') {
    return (
      <EmptyState
        icon={<RunsIcon />}
        title={t(run.waiting.kind === 'limit' ? 'run.waiting.limit' : 'run.waiting.resources')}
      >
        <p>{t('run.waiting.resourcesText', { reason: run.waiting.text })}</p>
      </EmptyState>
    );
  }
  if (worker?.alive === false) {
    return (
      <EmptyState icon={<RunsIcon />} title={t('run.waiting.worker')}>
        <p>{t('run.waiting.workerText')}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<RunsIcon />} title={t('run.waiting.place')}>
      <p>
        {worker && worker.running >= worker.limit
          ? t('run.waiting.taken', { count: worker.limit })
          : t('run.waiting.soon')}
      </p>
    </EmptyState>
  );
}
