export const settings = {
  title: 'Settings',
  scope: 'These settings are kept in this browser, for you alone.',
  look: {
    label: 'Colours',
    auto: 'As the system',
    light: 'Light',
    dark: 'Dark',
  },
  density: {
    label: 'Density',
    help: 'Compact fits more rows onto the screen.',
    comfortable: 'Comfortable',
    compact: 'Compact',
  },
  timeZone: {
    label: 'Time zone',
    help: 'All times are shown in it. Point at a time to see it in UTC. It is now {{time}}.',
    browser: 'Of this browser ({{zone}})',
    nothing: 'No such time zone',
  },
  language: {
    label: 'Language',
    help: 'Messages of the tasks and of the server stay as they were written.',
    system: 'As the system',
    en: 'English',
    fr: 'Français',
    notLoaded: 'The language could not be loaded',
  },
} as const;
