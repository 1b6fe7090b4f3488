import { useRouteError } from 'react-router';
import { ErrorPanel } from '@/components/ErrorPanel';
import { PageHeader } from '@/components/PageHeader';
import classes from './Shell.module.css';

/** What is shown in place of a page that broke, or could not be loaded. The rest of the screen keeps working. */
export function RouteError() {
  const error = useRouteError();
  return (
    <>
      <PageHeader title="Something went wrong" />
      <div className={classes.pad}>
        <ErrorPanel error={error} title="This page could not be shown" onRetry={() => window.location.reload()} />
      </div>
    </>
  );
}
