import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as configurationApi from '@/api/configuration';
import { Time } from '@/components/Time';
import { whenIdle } from '@/lib/idle';
import * as paths from '@/lib/paths';
import classes from './Shell.module.css';

const LATEST_MILLISECONDS = 2_000;

/** Which configuration is served, by whom and since when; its place is kept while that is not known. */
export function ConfigurationLine() {
  const { t } = useTranslation();
  const [isTime, setTime] = useState(false);
  // It can wait for what the page is for.
  useEffect(() => whenIdle(() => setTime(true), LATEST_MILLISECONDS), []);
  const { data } = useQuery({ ...configurationApi.configuration(), enabled: isTime });
  const version = data?.managed ? data.version : null;
  return (
    <div className={classes.configuration}>
      {data && (
        <Link to={paths.configuration()} className={classes.configurationLink ?? ''}>
          <span>{version ? t('configuration.line.version', { number: version.number }) : t('configuration.line.live')}</span>{' '}
          <span>
            {version ? (
              <Trans i18nKey="configuration.line.by" components={{ who: <span>{version.by}</span>, moment: <Time at={version.at} /> }} />
            ) : (
              t('configuration.line.liveDetail')
            )}
          </span>
        </Link>
      )}
    </div>
  );
}
