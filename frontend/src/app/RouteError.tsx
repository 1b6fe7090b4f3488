import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { ErrorPanel } from '@/components/ErrorPanel';
import { PageHeader } from '@/components/PageHeader';
import classes from './Shell.module.css';

/** What is shown in place of a page that broke, or could not be loaded. */
export function PageError({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('app.routeError.title')} />
      <div className={classes.pad}>
        <ErrorPanel error={error} title={t('app.routeError.heading')} onRetry={() => window.location.reload()} />
      </div>
    </>
  );
}

/** In place of everything, when what is around the pages broke. */
export function RouteError() {
  return <PageError error={useRouteError()} />;
}
