import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { MoonIcon, SunIcon, SystemIcon } from '@/components/icons';

const SCHEMES = {
  auto: { next: 'light', Icon: SystemIcon },
  light: { next: 'dark', Icon: SunIcon },
  dark: { next: 'auto', Icon: MoonIcon },
} as const;

/** Light, dark, or as the system: one button that goes round. */
export function ColorSchemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, Icon } = SCHEMES[colorScheme];
  const label = t('app.colours.label', { now: t(`app.colours.${colorScheme}`), next: t(`app.colours.${next}`) });
  return (
    <Tooltip label={label} position="right">
      <ActionIcon aria-label={label} onClick={() => setColorScheme(next)}>
        <Icon />
      </ActionIcon>
    </Tooltip>
  );
}
