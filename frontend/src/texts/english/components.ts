export const components = {
  close: 'Close',
  copy: { done: 'Copied', refused: 'The browser refused to copy' },
  diff: {
    showAll: 'Show unchanged lines',
    hideEqual: 'Fold unchanged lines',
    folded: '$ unchanged lines',
    loading: 'The comparison of the texts is being loaded…',
    notLoaded: 'This part could not be loaded',
  },
  duration: { none: 'no duration yet' },
  durationBars: {
    bar: 'Run {{id}}, {{status}}: {{duration}}',
    label_one: 'Duration of the last run: {{newest}}',
    label_other: 'Durations of the last {{count, number}} runs: usually {{usual}}, from {{shortest}} to {{longest}}; the newest took {{newest}}',
  },
  filter: {
    chosen: '{{label}}: {{summary}}',
    several: '{{first}} and {{count, number}} more',
    search: 'Search: {{label}}',
    nothing: 'Nothing fits',
  },
  error: {
    signedOut: 'You are signed out. Sign in with the token that the server prints when it starts.',
    signIn: 'Sign in',
    retry: 'Try again',
    status: 'Error {{status}}',
    answered: 'The server answered {{status}}.',
    connectionLost: 'The server does not answer. Check that Taskdeck is running and that you are connected to the network.',
    refusesRun: 'The server refuses to show this run.',
  },
  lastRuns: {
    never: 'Never run',
    label: 'Last runs, oldest first',
    run: 'Run {{id}}: {{status}}',
  },
  notify: {
    tell: 'Tell me when it ends',
    told: 'You are told when it ends. Press again if you change your mind.',
    toldInTab: 'The name of this tab tells when it ends: the browser lets this page show no notifications. Press again if you change your mind.',
  },
  problems: {
    error: 'Error: ',
    warning: 'Warning: ',
    expected: 'Expected {{expected}}.',
    expectedFound: 'Expected {{expected}}, found {{found}}.',
    copy: 'Copy this problem',
  },
} as const;
