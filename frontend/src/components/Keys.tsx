import type { TFunction } from 'i18next';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf, type ShortcutKeys } from '@/lib/shortcutList';
import classes from './Keys.module.css';

/** A shortcut as it is written on the keys: pressed one after the other, at once, or one of them. */
export function Keys({ keys }: { keys: ShortcutKeys }) {
  const { t } = useTranslation();
  const atOnce = keys.includes('+');
  const between = atOnce ? '+' : t(keys.includes('|') ? 'app.keys.or' : 'app.keys.then');
  return (
    <span className={classes.keys}>
      {keysOf(keys).map((key, index) => (
        <Fragment key={key}>
          {index > 0 && <span className={classes.between}>{between}</span>}
          <kbd>{nameOf(key, t, atOnce)}</kbd>
        </Fragment>
      ))}
    </span>
  );
}

function nameOf(key: string, t: TFunction, atOnce: boolean): string {
  switch (key) {
    case 'Control':
      return t('app.keys.ctrl');
    case 'Meta':
      return '⌘';
    case 'Enter':
      return t('app.keys.enter');
    case 'Escape':
      return t('app.keys.escape');
    case 'Home':
      return t('app.keys.home');
    case 'End':
      return t('app.keys.end');
    case 'ArrowUp':
      return '↑';
    case 'ArrowDown':
      return '↓';
    default:
      return atOnce ? key.toUpperCase() : key;
  }
}
