export const lib = {
  durations: {
    milliseconds: '{{value}} ms',
    seconds: '{{value}} s',
    minutes: '{{value}} min',
    hours: '{{value}} h',
    days: '{{value}} d',
  },
  times: {
    today: '{{time}} today',
    yesterday: '{{time}} yesterday',
    date: '{{date}}, {{time}}',
  },
  sizes: {
    bytes: '{{value}} B',
    kilobytes: '{{value}} KB',
    megabytes: '{{value}} MB',
    gigabytes: '{{value}} GB',
    terabytes: '{{value}} TB',
  },
} as const;
