/** The look, for Mantine: one neutral scale, one accent, 14 px, no shadow but on what floats. */

import { createTheme } from '@mantine/core';
// As types alone: what the first page does not show is not part of its code.
import type {
  ActionIcon,
  Button,
  Checkbox,
  Drawer,
  Input,
  InputWrapper,
  Modal,
  SegmentedControl,
  Select,
  Switch,
  Textarea,
  TextInput,
  Tooltip,
  CSSVariablesResolver,
  MantineColorsTuple,
} from '@mantine/core';

const accent: MantineColorsTuple = [
  '#eef3ff',
  '#dce6fd',
  '#b8ccf8',
  '#91b0f3',
  '#6d95ee',
  '#3e6fdc',
  '#2957c8',
  '#214aad',
  '#1b3d8f',
  '#152f6e',
];

const gray: MantineColorsTuple = [
  '#f7f8f9',
  '#eff1f3',
  '#e3e6ea',
  '#d3d8de',
  '#b3bac3',
  '#868e99',
  '#5b636e',
  '#434a54',
  '#2b3139',
  '#1a1e24',
];

const dark: MantineColorsTuple = [
  '#e2e6ea',
  '#bcc3cb',
  '#99a2ad',
  '#6d7681',
  '#3c434c',
  '#2c3239',
  '#20252b',
  '#15181c',
  '#101316',
  '#0b0d0f',
];

type Extension<Component extends { extend: (theme: never) => unknown }> = Parameters<Component['extend']>[0];

const small = { defaultProps: { size: 'sm' } };

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 5 },
  colors: { accent, gray, dark },
  black: '#1a1e24',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, "SF Mono", Menlo, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.4' },
      h2: { fontSize: '1rem', lineHeight: '1.5' },
      h3: { fontSize: '0.875rem', lineHeight: '1.5' },
    },
  },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '10px', xl: '14px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Input: { styles: { input: { fontSize: '0.875rem' } } } satisfies Extension<typeof Input>,
    InputWrapper: {
      styles: {
        label: { fontSize: '0.8125rem', marginBottom: 2 },
        description: { fontSize: '0.8125rem', marginBottom: 4 },
        error: { fontSize: '0.8125rem' },
      },
    } satisfies Extension<typeof InputWrapper>,
    Button: { defaultProps: { size: 'sm' }, styles: { root: { fontWeight: 550 } } } satisfies Extension<typeof Button>,
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } } satisfies Extension<typeof ActionIcon>,
    TextInput: small satisfies Extension<typeof TextInput>,
    Textarea: small satisfies Extension<typeof Textarea>,
    Select: {
      // The list itself scrolls: screen readers know that of a list, and not of a box inside it.
      defaultProps: { size: 'sm', withScrollArea: false, checkIconPosition: 'right', comboboxProps: { shadow: 'md', withinPortal: false, transitionProps: { duration: 100 } } },
      styles: { options: { maxHeight: 264, overflowY: 'auto' } },
    } satisfies Extension<typeof Select>,
    Checkbox: small satisfies Extension<typeof Checkbox>,
    Switch: small satisfies Extension<typeof Switch>,
    SegmentedControl: { defaultProps: { size: 'xs' } } satisfies Extension<typeof SegmentedControl>,
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 100 }, events: { hover: true, focus: true, touch: false } } } satisfies Extension<typeof Tooltip>,
    Drawer: { defaultProps: { transitionProps: { duration: 140 }, shadow: 'xl' } } satisfies Extension<typeof Drawer>,
    Modal: { defaultProps: { transitionProps: { duration: 120 }, shadow: 'xl' } } satisfies Extension<typeof Modal>,
  },
});

/** Where Mantine's own choice has too little contrast, or another grey than ours. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { '--input-height-sm': '34px', '--button-height-sm': '32px' },
  light: {
    '--mantine-color-body': 'var(--td-bg)',
    '--mantine-color-text': 'var(--td-text)',
    '--mantine-color-dimmed': 'var(--td-dim)',
    '--mantine-color-placeholder': '#6b7480',
    '--mantine-color-error': 'var(--td-failed)',
    '--mantine-color-default-border': 'var(--td-line-strong)',
    '--mantine-color-anchor': 'var(--td-accent)',
    '--mantine-color-accent-light-color': '#1f4bb5',
  },
  dark: {
    '--mantine-color-body': 'var(--td-bg)',
    '--mantine-color-text': 'var(--td-text)',
    '--mantine-color-dimmed': 'var(--td-dim)',
    '--mantine-color-placeholder': '#8b949f',
    '--mantine-color-error': 'var(--td-failed)',
    '--mantine-color-accent-light-color': 'var(--td-accent)',
    '--mantine-color-default': 'var(--td-raised)',
    '--mantine-color-default-hover': '#272d34',
    '--mantine-color-default-border': 'var(--td-line-strong)',
    '--mantine-color-anchor': 'var(--td-accent)',
  },
});
