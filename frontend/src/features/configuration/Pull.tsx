import { Trans, useTranslation } from 'react-i18next';
import type { Configuration } from '@/api/types';
import { StatusIcon } from '@/components/StatusIcon';
import { Time } from '@/components/Time';
import { Fact } from '@/features/configuration/Facts';
import { formatDuration } from '@/lib/durations';
import classes from './configuration.module.css';

type PullRule = NonNullable<Configuration['pull']>;

/** What is pulled by itself, and how the last time went. */
export function Pull({ pull }: { pull: PullRule }) {
  const { t } = useTranslation();
  const { repository, branch, directory, poll_seconds: seconds, webhooks, last } = pull;
  const how = seconds > 0 ? (webhooks ? 'both' : 'poll') : webhooks ? 'webhook' : 'never';
  const where = [repository, branch && t('configuration.sources.ref', { ref: branch }), directory && t('configuration.sources.within', { directory })];
  return (
    <>
      <Fact name={t('configuration.served.pull')}>
        <Trans
          i18nKey={`configuration.served.pulls.${how}`}
          values={{ interval: formatDuration(seconds) }}
          components={{ source: <span className={classes.path}>{where.filter(Boolean).join(', ')}</span> }}
        />
      </Fact>
      {last && (
        <Fact name={t('configuration.served.lastPull')}>
          {last.outcome === null ? (
            <span className={classes.failed}>
              <StatusIcon status="failed" size={14} />{' '}
              <Trans i18nKey="configuration.served.lastFailed" components={{ moment: <Time at={last.at} /> }} />
              <span className={classes.reason}>{last.detail}</span>
            </span>
          ) : (
            <Trans
              i18nKey="configuration.served.lastWorked"
              values={{ outcome: t(`configuration.served.outcomes.${last.outcome}`) }}
              components={{ moment: <Time at={last.at} /> }}
            />
          )}
        </Fact>
      )}
    </>
  );
}
