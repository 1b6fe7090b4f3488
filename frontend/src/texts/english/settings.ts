export const settings = {
  title: 'Settings',
  scope: 'These settings are kept in this browser, for you alone.',
  configuration: 'Configuration of the project, for everybody',
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
  notifications: {
    label: 'Notifications',
    ownRuns: 'Tell me when any run that I started here ends',
    granted: 'The browser tells you when a run ends that you asked about.',
    default: 'The bell on a running run tells you when it ends. The browser asks for your permission at the first use.',
    denied:
      'The browser blocks notifications of this page: the name of its tab tells instead. You can allow them in the browser’s settings of this site.',
    missing: 'The browser shows no notifications of this page: the name of its tab tells instead.',
  },
  reset: {
    action: 'Reset all settings',
    title: 'Reset all settings?',
    text: 'Colours, density, time zone, language and notifications become what they were at first.',
    keep: 'Keep them',
    confirm: 'Reset',
  },
} as const;
