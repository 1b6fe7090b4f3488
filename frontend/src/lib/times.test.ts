import { afterEach, expect, test } from 'vitest';
import * as preferences from '@/lib/preferences';
import { formatClock, formatExactTime, formatTime } from '@/lib/times';
import { speak } from '@/texts';

const now = new Date('2026-11-21T13:00:00Z');

afterEach(async () => {
  preferences.set(preferences.DEFAULTS);
  await speak('en');
});

test.each([
  ['2026-11-21T10:02:30Z', '10:02 today'],
  ['2026-11-21T00:00:00Z', '00:00 today'],
  ['2026-11-20T23:59:59Z', '23:59 yesterday'],
  ['2026-11-12T10:02:00Z', '12 Nov, 10:02'],
  ['2025-12-31T10:02:00Z', '31 Dec 2025, 10:02'],
])('%s reads %j', (at, text) => {
  expect(formatTime(new Date(at), now)).toBe(text);
});

test.each([
  ['Africa/Kampala', '2026-11-20T21:30:00Z', '00:30 today'],
  ['America/New_York', '2026-11-21T04:30:00Z', '23:30 yesterday'],
  ['Pacific/Auckland', '2026-11-21T10:30:00Z', '23:30 yesterday'],
  ['Pacific/Auckland', '2025-12-31T12:00:00Z', '1 Jan, 01:00'],
])('in %s, %s reads %j', (timeZone, at, text) => {
  preferences.set({ timeZone });
  expect(formatTime(new Date(at), now)).toBe(text);
});

test('in French, too', async () => {
  await speak('fr');
  expect(formatTime(new Date('2026-11-21T10:02:30Z'), now)).toBe('aujourd’hui à 10:02');
  expect(formatTime(new Date('2026-11-20T10:02:30Z'), now)).toBe('hier à 10:02');
  expect(formatTime(new Date('2026-11-12T10:02:00Z'), now)).toBe('12 nov. à 10:02');
});

test('the exact time has day, seconds and zone, and is UTC in any zone', () => {
  preferences.set({ timeZone: 'Africa/Kampala' });
  expect(formatExactTime(new Date('2026-11-21T10:02:30Z'))).toBe('Sat, 21 Nov 2026, 10:02:30 UTC');
});

test('the clock of a log has milliseconds', () => {
  expect(formatClock(new Date('2026-11-21T10:02:30.250Z'))).toBe('10:02:30.250');
});
