import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApiError, ConnectionLost } from '@/api/client';
import { ErrorIcon } from '@/components/icons';
import { ErrorPanel } from '@/components/ErrorPanel';
import { ProblemList } from '@/components/ProblemList';
import classes from './configuration.module.css';

interface FailureProps {
  error: Error;
  /** What failed: only a plan, which changes nothing anyhow, or the change. */
  of: 'plan' | 'change';
  onRetry: () => void;
  onPlanAgain: () => void;
}

/** Why it did not work, and what to do about it; errors of the configuration by file and line. */
export function Failure({ error, of, onRetry, onPlanAgain }: FailureProps) {
  const { t } = useTranslation();
  if (error instanceof ConnectionLost) {
    return of === 'plan' ? (
      <ErrorPanel error={error} title={t('configuration.failure.request')} onRetry={onRetry} />
    ) : (
      <ErrorPanel error={new Error(t('configuration.failure.unknownText'))} title={t('configuration.failure.unknown')} onRetry={onRetry} />
    );
  }
  if (!(error instanceof ApiError) || error.status === 401) {
    return <ErrorPanel error={error} title={t('configuration.failure.request')} onRetry={onRetry} />;
  }
  const needsPlan = error.kind === 'stale' || error.kind === 'moved';
  const [title, advice] = wordsOf(error);
  return (
    <div role="alert" className={classes.failure}>
      <p className={classes.failureTitle}>
        <ErrorIcon size={14} /> {t(`configuration.failure.${title}`)}
      </p>
      {/* The server's own words tell what advice cannot: which repository, which limit, which name. */}
      {advice === null && <p>{error.message}</p>}
      {advice && <p>{t(`configuration.failure.${advice}`)}</p>}
      {error.problems.length > 0 && (
        <section aria-label={t('configuration.failure.problems')}>
          <ProblemList problems={error.problems} />
        </section>
      )}
      {error.kind !== 'refused' && (
        <Button variant="default" size="xs" onClick={needsPlan ? onPlanAgain : onRetry}>
          {t(needsPlan ? 'configuration.change.again' : 'configuration.change.retry')}
        </Button>
      )}
    </div>
  );
}

function wordsOf({ kind, problems }: ApiError) {
  if (kind === 'busy') return ['busy', 'busyText'] as const;
  if (kind === 'stale') return ['stale', 'staleText'] as const;
  if (kind === 'moved') return ['moved', null] as const;
  if (kind === 'invalid' && problems.length > 0) return ['invalid', 'invalidText'] as const;
  return ['other', null] as const;
}
