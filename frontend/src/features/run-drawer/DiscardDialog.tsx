import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';

interface DiscardDialogProps {
  onKeep: () => void;
  onDiscard: () => void;
}

/**
 * Before a form is closed that somebody has filled in. Not there until it is asked: the Escape that asks would close it
 * as well.
 */
export function DiscardDialog({ onKeep, onDiscard }: DiscardDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      opened
      title={t('runDrawer.discard.title')}
      onClose={onKeep}
      actions={
        <>
          <Button variant="default" onClick={onDiscard}>
            {t('runDrawer.discard.discard')}
          </Button>
          <Button data-autofocus onClick={onKeep}>
            {t('runDrawer.discard.keep')}
          </Button>
        </>
      }
    >
      {t('runDrawer.discard.text')}
    </Dialog>
  );
}
