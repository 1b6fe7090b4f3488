import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import * as configurationApi from '@/api/configuration';
import { ErrorPanel } from '@/components/ErrorPanel';
import { useTitle } from '@/components/PageHeader';
import { SideDrawer } from '@/components/SideDrawer';
import { Tag } from '@/components/Tag';
import { Facts, VersionFacts } from '@/features/configuration/Facts';
import { Plan } from '@/features/configuration/Plan';
import { canRollBackTo } from '@/features/configuration/rollback';
import * as paths from '@/lib/paths';
import classes from './configuration.module.css';

const WIDTH = 960;

/** One version of the history: where it came from, and what it changed. */
export default function VersionDrawer() {
  const { t } = useTranslation();
  const number = Number(useParams().number);
  const navigate = useNavigate();
  const version = useQuery(configurationApi.version(number));
  const { data } = version;
  const title = t('configuration.version', { number });
  useTitle(title);
  return (
    <SideDrawer key={number} title={title} width={WIDTH} onClose={() => void navigate(paths.configuration())}>
      <div className={classes.drawer}>
        {version.isPending && (
          <div role="status" aria-busy="true" aria-label={t('configuration.drawer.loading')}>
            {[1, 2, 3, 4].map((index) => (
              <Skeleton key={index} width={320} height={13} mt={12} />
            ))}
          </div>
        )}
        {version.isError && !data && (
          <ErrorPanel error={version.error} title={t('configuration.drawer.notLoaded')} onRetry={() => void version.refetch()} />
        )}
        {data && (
          <>
            <Facts>
              <VersionFacts version={data} />
            </Facts>
            {data.active && (
              <p className={classes.paragraph}>
                <Tag>{t('configuration.history.active')}</Tag>
              </p>
            )}
            {data.tree !== null && !data.has_files && <p className={classes.dim}>{t('configuration.drawer.pruned')}</p>}
            {data.plan ? (
              <Plan plan={data.plan} filesOf={data.tree !== null && data.has_files ? number : null} />
            ) : (
              <p className={classes.dim}>{t('configuration.drawer.first')}</p>
            )}
          </>
        )}
      </div>
      {data && canRollBackTo(data) && (
        <div className={classes.footer}>
          <Button component={Link} to={paths.configurationRollback(number)}>
            {t('configuration.actions.rollBackTo', { number })}
          </Button>
        </div>
      )}
    </SideDrawer>
  );
}
