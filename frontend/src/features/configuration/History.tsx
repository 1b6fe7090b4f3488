import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as configurationApi from '@/api/configuration';
import type { ConfigVersion } from '@/api/types';
import { ErrorPanel } from '@/components/ErrorPanel';
import { Tag } from '@/components/Tag';
import { Time } from '@/components/Time';
import { Counts } from '@/features/configuration/Counts';
import { canRollBackTo } from '@/features/configuration/rollback';
import { sourceInWords } from '@/features/configuration/source';
import * as paths from '@/lib/paths';
import classes from './configuration.module.css';

/** All versions, the newest first. */
export function History() {
  const { t } = useTranslation();
  const history = useInfiniteQuery(configurationApi.versions());
  const versions = history.data?.pages.flatMap((page) => page.versions);
  return (
    <section className={classes.history} aria-labelledby="history">
      <h2 id="history" className={classes.heading}>
        {t('configuration.history.title')}
      </h2>
      {history.isPending && (
        <div role="status" aria-busy="true" aria-label={t('configuration.history.loading')}>
          {[1, 2, 3].map((index) => (
            <div key={index} className={classes.row}>
              <Skeleton width={60} height={13} />
              <Skeleton width={110} height={13} />
              <Skeleton width={240} height={13} />
            </div>
          ))}
        </div>
      )}
      {history.isError && (
        <ErrorPanel error={history.error} title={t('configuration.history.notLoaded')} onRetry={() => void history.refetch()} />
      )}
      {versions && (
        <>
          <div className={classes.head} aria-hidden="true">
            <span>{t('configuration.history.columns.version')}</span>
            <span>{t('configuration.history.columns.when')}</span>
            <span>{t('configuration.history.columns.source')}</span>
            <span>{t('configuration.history.columns.changes')}</span>
          </div>
          <ul className={classes.list} aria-label={t('configuration.history.title')}>
            {versions.map((version) => (
              <VersionRow key={version.number} version={version} />
            ))}
          </ul>
        </>
      )}
      {history.hasNextPage && (
        <Button variant="default" className={classes.more ?? ''} loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          {t('configuration.history.more')}
        </Button>
      )}
    </section>
  );
}

function VersionRow({ version }: { version: ConfigVersion }) {
  const { t } = useTranslation();
  const { number, at, by, source, message, summary, active } = version;
  return (
    <li className={classes.row}>
      <span className={classes.number}>
        <Link to={paths.configurationVersion(number)} className={classes.name} aria-label={t('configuration.version', { number })}>
          {number}
        </Link>
        {active && <Tag>{t('configuration.history.active')}</Tag>}
      </span>
      <span className={classes.when}>
        <Time at={at} />
        <span className={classes.dim}>{t('configuration.history.by', { who: by })}</span>
      </span>
      <span className={classes.from}>
        {message && <span className={classes.message}>{message}</span>}
        <span className={message ? classes.dim : undefined}>{sourceInWords(source, t)}</span>
      </span>
      <Counts summary={summary} />
      <span className={classes.action}>
        {canRollBackTo(version) && (
          <Button
            component={Link}
            to={paths.configurationRollback(number)}
            size="compact-sm"
            variant="default"
            aria-label={t('configuration.actions.rollBackTo', { number })}
          >
            {t('configuration.actions.rollBack')}
          </Button>
        )}
      </span>
    </li>
  );
}
