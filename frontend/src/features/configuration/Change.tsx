import { useTranslation } from 'react-i18next';
import type { ConfigPlan } from '@/api/types';
import classes from './configuration.module.css';

const SIGNS = { added: '+', changed: '~', removed: '−' } as const;

/** A sign and a colour for what was added, changed and removed, and the word for those who see neither. */
export function Change({ change }: { change: ConfigPlan['tasks'][number]['change'] }) {
  const { t } = useTranslation();
  return (
    <>
      <span className={classes.sign} data-change={change} aria-hidden="true">
        {SIGNS[change]}
      </span>
      <span className={classes.hidden}>{t(`configuration.plan.${change}`)}:</span>
    </>
  );
}
