import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { ErrorPanel } from '@/components/ErrorPanel';
import { PageHeader } from '@/components/PageHeader';
import classes from './Shell.module.css';

/** What is shown in place of a page that broke, or could not be loaded. The rest of the screen keeps working. */
export function RouteError() {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <>
      <PageHeader title={t('app.routeError.title')} />
      <div className={classes.pad}>
        <ErrorPanel error={error} title={t('app.routeError.heading')} onRetry={() => window.location.reload()} />
      </div>
    </>
  );
}
