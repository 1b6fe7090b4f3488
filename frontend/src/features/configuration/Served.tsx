import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import * as queries from '@/api/queries';
import type { Configuration } from '@/api/types';
import { WarningIcon } from '@/components/icons';
import { ProblemList } from '@/components/ProblemList';
import { Time } from '@/components/Time';
import { Facts, Fact, VersionFacts } from '@/features/configuration/Facts';
import { Pull } from '@/features/configuration/Pull';
import classes from './configuration.module.css';

/** What is served now, and what is wrong with it. */
export function Served({ configuration }: { configuration: Configuration }) {
  const { t } = useTranslation();
  const { version, managed, directory, pull, update_in_progress: busy } = configuration;
  const tasks = useQuery(queries.tasks());
  const problems = tasks.data?.problems ?? [];
  return (
    <section className={classes.served} aria-labelledby="served">
      <h2 id="served" className={classes.heading}>
        {t('configuration.served.title')}
      </h2>
      <p className={classes.what}>
        {managed && version ? t('configuration.version', { number: version.number }) : t('configuration.live')}
        <span className={classes.dim}>{t(managed ? 'configuration.served.managedText' : 'configuration.served.liveText')}</span>
      </p>
      <Facts>
        {version && <VersionFacts version={version} />}
        <Fact name={t('configuration.served.directory')}>
          <code className={classes.path}>{directory}</code>
        </Fact>
        {pull && <Pull pull={pull} />}
      </Facts>
      <div role="status">
        {busy && (
          <Note>
            <Trans
              i18nKey="configuration.served.inProgress"
              components={{ who: <span>{busy.by}</span>, moment: <Time at={busy.since} /> }}
            />
          </Note>
        )}
      </div>
      {problems.length > 0 && (
        <>
          <h3 className={classes.subheading}>{t('configuration.served.problems')}</h3>
          <ProblemList problems={problems} />
        </>
      )}
    </section>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <p className={classes.note}>
      <WarningIcon size={14} />
      <span>{children}</span>
    </p>
  );
}
