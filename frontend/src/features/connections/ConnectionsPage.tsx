import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';
import { Link, Outlet } from 'react-router';
import * as queries from '@/api/queries';
import type { Connection } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { CheckIcon, ConnectionsIcon, WarningIcon } from '@/components/icons';
import { PageHeader } from '@/components/PageHeader';
import { StatusIcon } from '@/components/StatusIcon';
import { Time } from '@/components/Time';
import { plainText } from '@/components/plainText';
import { Users } from '@/features/connections/Users';
import { formatMilliseconds } from '@/lib/durations';
import * as paths from '@/lib/paths';
import classes from './ConnectionsPage.module.css';

/** Where a project declares its connections. */
const DECLARATIONS = 'data_connections.json';

export default function ConnectionsPage() {
  const { t } = useTranslation();
  const connections = useQuery(queries.connections());
  // Their names come with the list, so that nothing moves when they are there.
  const { isPending: isUnnamed } = useQuery(queries.tasks());
  const isWaiting = connections.isPending || (connections.isSuccess && isUnnamed);
  const list = isWaiting ? undefined : connections.data?.connections;
  return (
    <>
      <PageHeader title={t('connections.title')} />
      {isWaiting && <Loading />}
      {connections.isError && !list && (
        <div className={classes.pad}>
          <ErrorPanel
            error={connections.error}
            title={t('connections.notLoaded')}
            onRetry={() => void connections.refetch()}
          />
        </div>
      )}
      {list?.length === 0 && (
        <EmptyState icon={<ConnectionsIcon />} title={t('connections.empty.title')}>
          <p>
            <Trans i18nKey="connections.empty.text" components={{ file: <code>{DECLARATIONS}</code> }} />
          </p>
        </EmptyState>
      )}
      {list && list.length > 0 && (
        <div>
          <div className={classes.head} aria-hidden="true">
            <span>{t('connections.columns.connection')}</span>
            <span>{t('connections.columns.state')}</span>
            <span>{t('connections.columns.usedBy')}</span>
          </div>
          <ul className={classes.list} aria-label={t('connections.title')}>
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
  const { t } = useTranslation();
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
      <ConnectionState connection={connection} />
      <div className={classes.users}>
        {connection.used_by.length === 0 && <span className={classes.nobody}>{t('connections.noTask')}</span>}
        <Users ids={connection.used_by} most={3} />
      </div>
    </li>
  );
}

/** Whether it has its values, and what the last test of them found. */
function ConnectionState({ connection: { configured, last_test: test } }: { connection: Connection }) {
  const { t } = useTranslation();
  if (!configured) {
    return (
      <div className={classes.state} data-state="missing">
        <WarningIcon size={14} /> <span>{t('connections.notConfigured')}</span>
      </div>
    );
  }
  if (!test) {
    return (
      <div className={classes.state}>
        <CheckIcon size={14} /> <span>{t('connections.configured')}</span>
        <span className={classes.tested}>{t('connections.neverTested')}</span>
      </div>
    );
  }
  return (
    <div className={classes.state} data-state={test.ok ? 'works' : 'fails'} title={test.message}>
      <StatusIcon status={test.ok ? 'succeeded' : 'failed'} size={14} />
      <span>{t(test.ok ? 'connections.test.works' : 'connections.test.fails')}</span>
      <span className={classes.tested}>
        <Trans
          i18nKey="connections.tested"
          values={{ time: formatMilliseconds(test.milliseconds) }}
          components={{ moment: <Time at={test.tested_at} /> }}
        />
      </span>
    </div>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-busy="true" aria-label={t('connections.loading')}>
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
