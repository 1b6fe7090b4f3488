import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { Link, Outlet } from 'react-router';
import * as queries from '@/api/queries';
import type { Connection } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { CheckIcon, ConnectionsIcon, WarningIcon } from '@/components/icons';
import { plainText } from '@/components/Markdown';
import { PageHeader } from '@/components/PageHeader';
import * as paths from '@/lib/paths';
import classes from './ConnectionsPage.module.css';

export default function ConnectionsPage() {
  const connections = useQuery(queries.connections());
  const list = connections.data?.connections;
  return (
    <>
      <PageHeader title="Connections" />
      {connections.isPending && <Loading />}
      {connections.isError && !list && (
        <div className={classes.pad}>
          <ErrorPanel
            error={connections.error}
            title="The connections could not be loaded"
            onRetry={() => void connections.refetch()}
          />
        </div>
      )}
      {list?.length === 0 && (
        <EmptyState icon={<ConnectionsIcon />} title="This project has no connections">
          <p>
            A connection is a data source that tasks use by its name, such as a database. The project declares it in{' '}
            <code>data_connections.json</code>; its address and password are then set here, once for all tasks.
          </p>
        </EmptyState>
      )}
      {list && list.length > 0 && (
        <div>
          <div className={classes.head} aria-hidden="true">
            <span>Connection</span>
            <span>State</span>
            <span>Used by</span>
          </div>
          <ul className={classes.list} aria-label="Connections">
            {list.map((connection) => (
              <ConnectionRow key={connection.id} connection={connection} />
            ))}
          </ul>
        </div>
      )}
      {/* The form of one connection. */}
      <Outlet />
    </>
  );
}

function ConnectionRow({ connection }: { connection: Connection }) {
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <div className={classes.line}>
          <Link to={paths.connection(connection.id)} className={classes.name}>
            {connection.name || connection.id}
          </Link>
          <code className={classes.id}>{connection.id}</code>
        </div>
        {connection.description && <p className={classes.description}>{plainText(connection.description)}</p>}
      </div>
      <div className={classes.state} data-configured={connection.configured}>
        {connection.configured ? (
          <>
            <CheckIcon size={14} /> Configured
          </>
        ) : (
          <>
            <WarningIcon size={14} /> Not configured yet
          </>
        )}
      </div>
      <div className={classes.users}>
        {connection.used_by.length === 0 && <span className={classes.nobody}>No task</span>}
        {connection.used_by.map((id, index) => (
          <Fragment key={id}>
            {index > 0 && ', '}
            <Link to={paths.task(id)}>{id}</Link>
          </Fragment>
        ))}
      </div>
    </li>
  );
}

function Loading() {
  return (
    <div role="status" aria-busy="true" aria-label="Loading the connections">
      <div className={classes.head} />
      <ul className={classes.list}>
        {[1, 2, 3].map((index) => (
          <li key={index} className={classes.row}>
            <div className={classes.what}>
              <Skeleton width={170} height={13} mt={4} />
              <Skeleton width={280} height={11} mt={10} />
            </div>
            <Skeleton width={100} height={13} mt={4} />
            <Skeleton width={120} height={13} mt={4} />
          </li>
        ))}
      </ul>
    </div>
  );
}
