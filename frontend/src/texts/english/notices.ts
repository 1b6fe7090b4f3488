export const notices = {
  title: 'Run {{id}}: {{status}}',
  mark: 'Run {{id}}: {{status}}',
  marks_one: '{{count}} run has ended',
  marks_other: '{{count}} runs have ended',
  took: '{{task}}, after {{duration}}',
  open: 'Open the run',
} as const;
