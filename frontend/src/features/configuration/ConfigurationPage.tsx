import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, Outlet } from 'react-router';
import * as configurationApi from '@/api/configuration';
import * as queries from '@/api/queries';
import type { Configuration } from '@/api/types';
import { Code } from '@/components/Code';
import { CopyButton } from '@/components/CopyButton';
import { EmptyState } from '@/components/EmptyState';
import { ErrorPanel } from '@/components/ErrorPanel';
import { ConfigurationIcon } from '@/components/icons';
import { PageHeader } from '@/components/PageHeader';
import { History } from '@/features/configuration/History';
import { Served } from '@/features/configuration/Served';
import * as paths from '@/lib/paths';
import classes from './configuration.module.css';

/** What is served, where it came from, what was served before, and how to change it. */
export default function ConfigurationPage() {
  const { t } = useTranslation();
  const configuration = useQuery(configurationApi.configuration());
  // The problems of what is served stand above the history, which would be moved by them if they came later.
  const isReady = !useQuery(queries.tasks()).isPending;
  const { data } = configuration;
  return (
    <>
      <PageHeader title={t('configuration.title')}>{data && <Actions configuration={data} />}</PageHeader>
      {(configuration.isPending || (data && !isReady)) && <Loading />}
      {configuration.isError && !data && (
        <div className={classes.page}>
          <ErrorPanel error={configuration.error} title={t('configuration.notLoaded')} onRetry={() => void configuration.refetch()} />
        </div>
      )}
      {data && isReady && (
        <div className={classes.page}>
          <Served configuration={data} />
          {/* In a box of its own: what is centred in a column is as wide as its words. */}
          <div>{data.version === null ? <NoVersions configuration={data} /> : <History />}</div>
        </div>
      )}
      {/* A version, or a change that is being made. */}
      <Outlet />
    </>
  );
}

function Actions({ configuration: { managed, rules } }: { configuration: Configuration }) {
  const { t } = useTranslation();
  const hasRepositories = rules.repositories.length > 0;
  return (
    <div className={classes.actions}>
      {managed && (
        <Button component={Link} to={paths.configurationLive()} variant="default">
          {t('configuration.actions.live')}
        </Button>
      )}
      {rules.archives && (
        <Button component={Link} to={paths.configurationUpload()} variant={hasRepositories ? 'default' : 'filled'}>
          {t('configuration.actions.upload')}
        </Button>
      )}
      {hasRepositories && (
        <Button component={Link} to={paths.configurationUpdate()}>
          {t('configuration.actions.update')}
        </Button>
      )}
    </div>
  );
}

/** What versions are for, and how to make the first one. */
function NoVersions({ configuration: { rules } }: { configuration: Configuration }) {
  const { t } = useTranslation();
  const command = `taskdeck config update --repository ${exampleOf(rules.repositories)}`;
  return (
    <EmptyState
      icon={<ConfigurationIcon />}
      title={t('configuration.empty.title')}
      action={<CopyButton text={command} label={t('configuration.empty.copy')} withLabel />}
    >
      <p>{t('configuration.empty.text')}</p>
      <Code code={command} language="bash" label={t('configuration.empty.copy')} />
      {rules.repositories.length === 0 && !rules.archives && <p>{t('configuration.empty.nowhere')}</p>}
    </EmptyState>
  );
}

function exampleOf(repositories: readonly string[]): string {
  const [first] = repositories;
  return first?.replace(/\*$/, 'tasks') ?? 'https://git.example.org/analytics/tasks';
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div className={classes.page} role="status" aria-busy="true" aria-label={t('configuration.loading')}>
      <section className={classes.served}>
        <Skeleton width={200} height={18} />
        {[1, 2, 3, 4].map((index) => (
          <Skeleton key={index} width={340} height={13} mt={12} />
        ))}
      </section>
    </div>
  );
}
