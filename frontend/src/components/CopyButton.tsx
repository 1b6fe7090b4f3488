import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { CheckIcon, CopyIcon } from '@/components/icons';

interface CopyButtonProps {
  /** A function is asked only when the button is pressed. */
  text: string | (() => string);
  /** What is copied: "Copy link". */
  label: string;
  /** Shows the label beside the icon. */
  withLabel?: boolean;
}

export function CopyButton({ text, label, withLabel = false }: CopyButtonProps) {
  const { t } = useTranslation();
  const clipboard = useClipboard({ timeout: 1500 });
  const said = clipboard.copied ? t('components.copy.done') : clipboard.error ? t('components.copy.refused') : label;
  const icon = clipboard.copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />;
  const copy = () => clipboard.copy(typeof text === 'string' ? text : text());
  if (withLabel) {
    return (
      <Button variant="default" size="xs" leftSection={icon} onClick={copy}>
        {said}
      </Button>
    );
  }
  return (
    <Tooltip label={said}>
      <ActionIcon aria-label={said} onClick={copy}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
