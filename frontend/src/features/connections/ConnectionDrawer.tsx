import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import * as queries from '@/api/queries';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { useTitle } from '@/components/PageHeader';
import { SideDrawer } from '@/components/SideDrawer';
import { ConnectionForm } from '@/features/connections/ConnectionForm';
import * as paths from '@/lib/paths';
import classes from './ConnectionDrawer.module.css';

/** Where a project declares its connections. */
const DECLARATIONS = 'data_connections.json';

/** The values of one connection, over the list of all. */
export default function ConnectionDrawer() {
  const { t } = useTranslation();
  const { connectionId = '' } = useParams();
  const navigate = useNavigate();
  const connections = useQuery(queries.connections());
  const connection = connections.data?.connections.find((each) => each.id === connectionId);
  const name = connection?.name ?? connectionId;
  useTitle(name);
  return (
    <SideDrawer key={connectionId} title={name} width={520} onClose={() => void navigate(paths.connections())}>
      {connections.isPending && (
        <div className={classes.fields} role="status" aria-busy="true" aria-label={t('connections.drawer.loading')}>
          {[1, 2, 3, 4].map((index) => (
            <div key={index}>
              <Skeleton height={12} width={110} />
              <Skeleton height={34} mt={8} />
            </div>
          ))}
        </div>
      )}
      {connections.isError && !connections.data && (
        <div className={classes.fields}>
          <ErrorPanel
            error={connections.error}
            title={t('connections.drawer.notLoaded')}
            onRetry={() => void connections.refetch()}
          />
        </div>
      )}
      {connections.data && !connection && (
        <EmptyState title={t('connections.drawer.unknown', { id: connectionId })}>
          <Trans i18nKey="connections.drawer.unknownText" components={{ file: <code>{DECLARATIONS}</code> }} />
        </EmptyState>
      )}
      {connection && <ConnectionForm connection={connection} />}
    </SideDrawer>
  );
}
