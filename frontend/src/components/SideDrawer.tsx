import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusReturn } from '@/lib/useFocusReturn';
import classes from './SideDrawer.module.css';

interface SideDrawerProps {
  title: string;
  width: number;
  /** False while Escape closes a dialog over it. */
  closeOnEscape?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/**
 * Details beside what they belong to. It is open for as long as it is shown: its address is what opens it.
 *
 * Put together from parts: the library's own head is a `header`, of which a page has only one.
 */
export function SideDrawer({ title, width, closeOnEscape = true, onClose, children }: SideDrawerProps) {
  const { t } = useTranslation();
  useFocusReturn();
  return (
    <Drawer.Root
      opened
      closeOnEscape={closeOnEscape}
      onClose={onClose}
      position="right"
      size={width}
      classNames={{ content: classes.content ?? '', body: classes.body ?? '' }}
    >
      <Drawer.Overlay backgroundOpacity={0.28} />
      <Drawer.Content>
        <div className={classes.head}>
          <Drawer.Title className={classes.title}>{title}</Drawer.Title>
          <Drawer.CloseButton aria-label={t('components.close')} />
        </div>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
