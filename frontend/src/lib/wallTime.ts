/** Moments as a clock on the wall of the chosen time zone shows them. */

import { timeZone } from '@/lib/preferences';

/** "2026-11-21T10:02", as a field for date and time takes it. */
export function wallTime(at: Date): string {
  return new Date(at.getTime() + offset(at)).toISOString().slice(0, 16);
}

/** The moment of "2026-11-21T10:02"; `null` for anything else. Of a time that a change of clocks repeats, one of the two. */
export function fromWallTime(text: string): Date | null {
  const asUtc = /^\d{4,}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : NaN;
  if (Number.isNaN(asUtc)) return null;
  // The offset at the moment itself, which may differ from the one that a first guess has.
  const guess = asUtc - offset(new Date(asUtc));
  return new Date(asUtc - offset(new Date(guess)));
}

/** Midnight, where the chosen zone is. */
export function startOfDay(now: Date): Date {
  return fromWallTime(`${wallTime(now).slice(0, 10)}T00:00`) ?? now;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that the wall is ahead of UTC. */
function offset(at: Date): number {
  const zone = timeZone();
  let format = formats.get(zone ?? '');
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      ...(zone !== undefined && { timeZone: zone }),
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone ?? '', format);
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at.getTime() / 1000) * 1000;
}
