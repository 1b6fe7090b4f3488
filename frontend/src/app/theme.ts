/** The look, for Mantine: one neutral scale, one accent, 14 px, no shadow but on what floats. */

import {
  ActionIcon,
  Button,
  Checkbox,
  createTheme,
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
  type CSSVariablesResolver,
  type MantineColorsTuple,
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
    Input: Input.extend({ styles: { input: { fontSize: '0.875rem' } } }),
    InputWrapper: InputWrapper.extend({
      styles: {
        label: { fontSize: '0.8125rem', marginBottom: 2 },
        description: { fontSize: '0.8125rem', marginBottom: 4 },
        error: { fontSize: '0.8125rem' },
      },
    }),
    Button: Button.extend({ defaultProps: { size: 'sm' }, styles: { root: { fontWeight: 550 } } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } }),
    TextInput: TextInput.extend(small),
    Textarea: Textarea.extend(small),
    Select: Select.extend({
      // The list itself scrolls: screen readers know that of a list, and not of a box inside it.
      defaultProps: { size: 'sm', withScrollArea: false, checkIconPosition: 'right', comboboxProps: { shadow: 'md', withinPortal: false, transitionProps: { duration: 100 } } },
      styles: { options: { maxHeight: 264, overflowY: 'auto' } },
    }),
    Checkbox: Checkbox.extend(small),
    Switch: Switch.extend(small),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: 'xs' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, transitionProps: { duration: 100 }, events: { hover: true, focus: true, touch: false } } }),
    Drawer: Drawer.extend({ defaultProps: { transitionProps: { duration: 140 }, shadow: 'xl' } }),
    Modal: Modal.extend({ defaultProps: { transitionProps: { duration: 120 }, shadow: 'xl' } }),
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
