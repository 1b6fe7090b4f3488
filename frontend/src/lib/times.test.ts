import { expect, test } from 'vitest';
import { formatClock, formatExactTime, formatTime } from '@/lib/times';

const now = new Date('2026-11-21T13:00:00Z');

test.each([
  ['2026-11-21T10:02:30Z', '10:02 today'],
  ['2026-11-21T00:00:00Z', '00:00 today'],
  ['2026-11-20T23:59:59Z', '23:59 yesterday'],
  ['2026-11-12T10:02:00Z', '12 Nov, 10:02'],
  ['2025-12-31T10:02:00Z', '31 Dec 2025, 10:02'],
])('%s reads %j', (at, text) => {
  expect(formatTime(new Date(at), now)).toBe(text);
});

test('the exact time has day, seconds and zone', () => {
  expect(formatExactTime(new Date('2026-11-21T10:02:30Z'))).toBe('Sat, 21 Nov 2026, 10:02:30 UTC');
});

test('the clock of a log has milliseconds', () => {
  expect(formatClock(new Date('2026-11-21T10:02:30.250Z'))).toBe('10:02:30.250');
});
