import type { Texts } from '@/texts/shape';
import type { lib as english } from '@/texts/english/lib';

export const lib: Texts<typeof english> = {
  durations: {
    milliseconds: '{{value}} ms',
    seconds: '{{value}} s',
    minutes: '{{value}} min',
    hours: '{{value}} h',
    days: '{{value}} j',
  },
  times: {
    today: 'aujourd’hui à {{time}}',
    yesterday: 'hier à {{time}}',
    date: '{{date}} à {{time}}',
  },
  sizes: {
    bytes: '{{value}} o',
    kilobytes: '{{value}} Ko',
    megabytes: '{{value}} Mo',
    gigabytes: '{{value}} Go',
    terabytes: '{{value}} To',
  },
};
