/** Moments as a person says them, in the time zone she chose: "10:02 today", "18:40 yesterday", "12 Nov, 10:02". */

import { timeZone } from '@/lib/preferences';
import { locale, t } from '@/texts';

const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

const FORMATS = {
  time: TIME,
  clock: { ...TIME, second: '2-digit', fractionalSecondDigits: 3 },
  seconds: { ...TIME, second: '2-digit' },
  date: { day: 'numeric', month: 'short' },
  dateOfYear: { day: 'numeric', month: 'short', year: 'numeric' },
  day: { day: 'numeric', month: 'numeric', year: 'numeric' },
  exact: {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...TIME,
    second: '2-digit',
    timeZoneName: 'short',
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const made = new Map<string, Intl.DateTimeFormat>();

/** Made once for each language and zone: a log asks for thousands. */
function format(name: keyof typeof FORMATS, zone: string | undefined = timeZone()): Intl.DateTimeFormat {
  const key = `${locale()} ${zone ?? ''} ${name}`;
  let found = made.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale(), { ...FORMATS[name], ...(zone !== undefined && { timeZone: zone }) });
    made.set(key, found);
  }
  return found;
}

export function formatTime(at: Date, now: Date = new Date()): string {
  const time = format('time').format(at);
  const day = dayOf(at);
  const today = dayOf(now);
  const days = Math.round((today.number - day.number) / 86_400_000);
  if (days === 0) return t('lib.times.today', { time });
  if (days === 1) return t('lib.times.yesterday', { time });
  return t('lib.times.date', { date: format(day.year === today.year ? 'date' : 'dateOfYear').format(at), time });
}

/** To the second, with the date, in UTC whatever zone was chosen: for a tooltip. */
export function formatExactTime(at: Date): string {
  return format('exact', 'UTC').format(at);
}

/** "10:02:31.250", for the rows of a log. */
export function formatClock(at: Date): string {
  return format('clock').format(at);
}

/** "10:02:31", beside a message. */
export function formatSeconds(at: Date): string {
  return format('seconds').format(at);
}

/** "10:02" */
export function formatMinutes(at: Date): string {
  return format('time').format(at);
}

/** The calendar day that it is in the chosen zone, as the milliseconds of its midnight. */
function dayOf(at: Date): { year: number; number: number } {
  const parts = Object.fromEntries(format('day').formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1 } = parts;
  return { year, number: Date.UTC(year, month - 1, day) };
}
