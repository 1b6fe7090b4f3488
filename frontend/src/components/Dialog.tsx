import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusReturn } from '@/lib/useFocusReturn';
import classes from './Dialog.module.css';

interface DialogProps {
  opened: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** The answers, the one that is suggested last. */
  actions?: ReactNode;
}

/** A question or a short text over the page. */
export function Dialog({ opened, title, onClose, children, actions }: DialogProps) {
  const { t } = useTranslation();
  // One that was there before it was opened returns it by itself.
  useFocusReturn({ enabled: opened });
  return (
    <Modal.Root opened={opened} onClose={onClose} size={440} centered>
      <Modal.Overlay backgroundOpacity={0.35} />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title className={classes.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('components.close')} />
        </div>
        <Modal.Body className={classes.body}>
          {children}
          {actions && <div className={classes.actions}>{actions}</div>}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
