import { Button, Menu } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { CheckIcon, CodeIcon, CopyIcon, LinkIcon, TerminalIcon } from '@/components/icons';
import classes from './RunDrawer.module.css';

interface CopyMenuProps {
  disabled: boolean;
  /** Asked only when it is copied. */
  link: () => string;
  curl: () => string;
  python: () => string;
  /** Titles of values that are left out of all of these. */
  secrets: readonly string[];
}

/** The form as it is filled in, to be passed on. */
export function CopyMenu({ disabled, link, curl, python, secrets }: CopyMenuProps) {
  const { t } = useTranslation();
  const clipboard = useClipboard({ timeout: 2000 });
  const said = clipboard.copied
    ? t('components.copy.done')
    : clipboard.error
      ? t('components.copy.refused')
      : t('runDrawer.copy.open');
  return (
    <Menu position="top-end" hideDetached={false} shadow="md" withinPortal={false} returnFocus transitionProps={{ duration: 100 }}>
      <Menu.Target>
        <Button
          variant="default"
          disabled={disabled}
          leftSection={clipboard.copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
        >
          <span aria-live="polite">{said}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.copies}>
        <Menu.Item leftSection={<LinkIcon size={14} />} onClick={() => clipboard.copy(link())}>
          {t('runDrawer.copy.link')}
        </Menu.Item>
        <Menu.Item leftSection={<TerminalIcon size={14} />} onClick={() => clipboard.copy(curl())}>
          {t('runDrawer.copy.curl')}
        </Menu.Item>
        <Menu.Item leftSection={<CodeIcon size={14} />} onClick={() => clipboard.copy(python())}>
          {t('runDrawer.copy.python')}
        </Menu.Item>
        <Menu.Label className={classes.copyNote ?? ''}>
          {t('runDrawer.copy.token')}
          {secrets.length > 0 && ` ${t('runDrawer.copy.secrets', { names: secrets.join(', ') })}`}
        </Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
