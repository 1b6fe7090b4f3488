import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import classes from './ShortcutHelp.module.css';

function shortcuts(t: TFunction): [keys: string[], meaning: string][] {
  return [
    [['/'], t('app.shortcuts.search')],
    [['g', 't'], t('app.shortcuts.tasks')],
    [['g', 'r'], t('app.shortcuts.runs')],
    [['g', 'c'], t('app.shortcuts.connections')],
    [['r'], t('app.shortcuts.run')],
    [[t('app.keys.ctrl'), t('app.keys.enter')], t('app.shortcuts.start')],
    [[t('app.keys.escape')], t('app.shortcuts.close')],
    [['?'], t('app.shortcuts.help')],
  ];
}

export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} onClose={onClose} title={t('app.shortcuts.title')}>
      <dl className={classes.list}>
        {shortcuts(t).map(([keys, meaning]) => (
          <div key={meaning} className={classes.row}>
            <dt>{meaning}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
