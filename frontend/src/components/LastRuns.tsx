import { Tooltip } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { LastRun } from '@/api/types';
import { StatusIcon } from '@/components/StatusIcon';
import { formatDuration } from '@/lib/durations';
import * as paths from '@/lib/paths';
import { statusWord } from '@/lib/statuses';
import { formatTime } from '@/lib/times';
import classes from './LastRuns.module.css';

/**
 * The outcomes of a task's last runs, the newest at the right end.
 *
 * Each leads to its run. Only the newest is a stop of the Tab key, or a page of tasks would have hundreds.
 */
export function LastRuns({ runs }: { runs: LastRun[] }) {
  const { t } = useTranslation();
  if (runs.length === 0) return <span className={classes.none}>{t('components.lastRuns.never')}</span>;
  const newestId = runs[0]?.id;
  return (
    <ol className={classes.strip} aria-label={t('components.lastRuns.label')}>
      {runs.toReversed().map((run) => {
        const label = describe(run, t);
        return (
          <li key={run.id}>
            <Tooltip label={label} multiline maw={360}>
              <Link to={paths.run(run.id)} aria-label={label} className={classes.run} tabIndex={run.id === newestId ? 0 : -1}>
                <StatusIcon status={run.status} size={14} />
              </Link>
            </Tooltip>
          </li>
        );
      })}
    </ol>
  );
}

function describe(run: LastRun, t: TFunction): string {
  const parts = [t('components.lastRuns.run', { id: run.id, status: statusWord(run.status) }), formatTime(new Date(run.created_at))];
  if (run.seconds !== null) parts.push(formatDuration(run.seconds));
  if (run.reason) parts.push(run.reason);
  return parts.join(' · ');
}
