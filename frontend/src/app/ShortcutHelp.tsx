import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { Keys } from '@/components/Keys';
import { PLACES, SHORTCUTS } from '@/lib/shortcutList';
import classes from './ShortcutHelp.module.css';

interface ShortcutHelpProps {
  opened: boolean;
  onClose: () => void;
  onTour: () => void;
}

/** Every shortcut, by the place where it works. */
export function ShortcutHelp({ opened, onClose, onTour }: ShortcutHelpProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={t('app.shortcuts.title')}
      actions={
        <Button variant="default" onClick={onTour}>
          {t('app.tour.again')}
        </Button>
      }
    >
      {PLACES.map((place) => (
        <section key={place} className={classes.place}>
          <h3 className={classes.heading}>{t(`app.shortcuts.places.${place}`)}</h3>
          <dl className={classes.list}>
            {SHORTCUTS.filter((shortcut) => shortcut.place === place).map(({ id, keys }) => (
              <div key={id} className={classes.row}>
                <dt>{t(`app.shortcuts.meanings.${id}`)}</dt>
                <dd>
                  <Keys keys={keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
