import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { ConfigVersion } from '@/api/types';
import { Time } from '@/components/Time';
import { sourceInWords } from '@/features/configuration/source';
import classes from './configuration.module.css';

const HASH_CHARACTERS = 12;

export function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Of a version: when, by whom, from where, what for. */
export function VersionFacts({ version }: { version: ConfigVersion }) {
  const { t } = useTranslation();
  const { at, by, trigger, source, message, environment, tree } = version;
  return (
    <>
      <Fact name={t(version.active ? 'configuration.served.at' : 'configuration.served.made')}>
        <Time at={at} />
      </Fact>
      <Fact name={t('configuration.served.by')}>
        {by}, <span className={classes.dim}>{t(`configuration.triggers.${trigger}`)}</span>
      </Fact>
      <Fact name={t('configuration.served.source')}>{sourceInWords(source, t)}</Fact>
      {message && <Fact name={t('configuration.served.message')}>{message}</Fact>}
      {tree !== null && (
        <Fact name={t('configuration.served.environment')}>
          {environment ? (
            <Trans i18nKey="configuration.served.ownEnvironment" components={{ code: <code>{environment.slice(0, HASH_CHARACTERS)}</code> }} />
          ) : (
            t('configuration.served.serverEnvironment')
          )}
        </Fact>
      )}
    </>
  );
}
