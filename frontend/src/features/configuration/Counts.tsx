import { useTranslation } from 'react-i18next';
import type { ConfigVersion } from '@/api/types';
import { formatCount } from '@/lib/numbers';
import classes from './configuration.module.css';

/** "+2 ~1 −0": how many tasks a version added, changed and removed; and whether that breaks anything. */
export function Counts({ summary }: Pick<ConfigVersion, 'summary'>) {
  const { t } = useTranslation();
  const { tasks_added: added = 0, tasks_changed: changed = 0, tasks_removed: removed = 0, breaks = 0 } = summary;
  return (
    <span className={classes.counts}>
      <span role="img" aria-label={t('configuration.counts.label', { added, changed, removed })} className="td-number">
        <span data-change={added > 0 ? 'added' : undefined}>+{formatCount(added)}</span>{' '}
        <span data-change={changed > 0 ? 'changed' : undefined}>~{formatCount(changed)}</span>{' '}
        <span data-change={removed > 0 ? 'removed' : undefined}>−{formatCount(removed)}</span>
      </span>
      {breaks > 0 && <span className={classes.breaking}>{t('configuration.counts.breaks', { count: breaks })}</span>}
    </span>
  );
}
