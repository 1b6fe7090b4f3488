import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core';
import { MoonIcon, SunIcon, SystemIcon } from '@/components/icons';

const SCHEMES = {
  auto: { name: 'as the system', next: 'light', Icon: SystemIcon },
  light: { name: 'light', next: 'dark', Icon: SunIcon },
  dark: { name: 'dark', next: 'auto', Icon: MoonIcon },
} as const;

/** Light, dark, or as the system: one button that goes round. */
export function ColorSchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { name, next, Icon } = SCHEMES[colorScheme];
  const label = `Colours: ${name}. Change to ${SCHEMES[next].name}`;
  return (
    <Tooltip label={label} position="right">
      <ActionIcon aria-label={label} onClick={() => setColorScheme(next)}>
        <Icon />
      </ActionIcon>
    </Tooltip>
  );
}
