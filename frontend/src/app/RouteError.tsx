import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { useLiveStatus } from '@/api/useLiveStatus';
import { NotFetched } from '@/app/fetched';
import { ErrorPanel } from '@/components/ErrorPanel';
import { PageHeader } from '@/components/PageHeader';
import { reload } from '@/lib/reload';
import classes from './Shell.module.css';

/** What is shown in place of a page that broke, or could not be loaded. */
export function PageError({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const isNotFetched = error instanceof NotFetched;
  useReloadOnceBack(isNotFetched);
  const shown = isNotFetched ? new Error(t('app.routeError.notFetched')) : error;
  return (
    <>
      <PageHeader title={t('app.routeError.title')} />
      <div className={classes.pad}>
        <ErrorPanel error={shown} title={t('app.routeError.heading')} onRetry={reload} />
      </div>
    </>
  );
}

/** In place of everything, when what is around the pages broke. */
export function RouteError() {
  return <PageError error={useRouteError()} />;
}

/** The browser remembers that the code of a page did not come: only a new page asks for it again. */
function useReloadOnceBack(isWanted: boolean) {
  const status = useLiveStatus();
  const wasAway = useRef(false);
  useEffect(() => {
    if (status === 'offline' || status === 'reconnecting') wasAway.current = true;
    // Not after the first connection, which each new page makes: one that never comes would be asked for without end.
    else if (isWanted && status === 'connected' && wasAway.current) reload();
  }, [status, isWanted]);
}
