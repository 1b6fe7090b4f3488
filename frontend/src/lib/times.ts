/** Moments as a person says them, in the browser's time zone: "10:02 today", "18:40 yesterday", "12 Nov, 10:02". */

const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const LANGUAGE = 'en-GB';
/** Made once: a log asks for thousands. */
const CLOCK = new Intl.DateTimeFormat(LANGUAGE, { ...TIME, second: '2-digit', fractionalSecondDigits: 3 });

export function formatTime(at: Date, now: Date = new Date()): string {
  const time = at.toLocaleTimeString(LANGUAGE, TIME);
  const days = daysBetween(at, now);
  if (days === 0) return `${time} today`;
  if (days === 1) return `${time} yesterday`;
  const sameYear = at.getFullYear() === now.getFullYear();
  const date = at.toLocaleDateString(LANGUAGE, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
  return `${date}, ${time}`;
}

/** To the second, with the date and the zone: for a tooltip. */
export function formatExactTime(at: Date): string {
  return at.toLocaleString(LANGUAGE, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...TIME,
    second: '2-digit',
    timeZoneName: 'short',
  });
}

/** "10:02:31.250", for the rows of a log. */
export function formatClock(at: Date): string {
  return CLOCK.format(at);
}

/** Calendar days in local time from `at` to `now`; negative for the future. */
function daysBetween(at: Date, now: Date): number {
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((day(now) - day(at)) / 86_400_000);
}
