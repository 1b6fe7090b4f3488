import { afterEach, expect, test } from 'vitest';
import * as preferences from '@/lib/preferences';
import { fromWallTime, wallTime } from '@/lib/wallTime';

afterEach(() => preferences.set(preferences.DEFAULTS));

test.each([
  ['UTC', '2026-11-21T10:02'],
  ['Africa/Kampala', '2026-11-21T13:02'],
  ['Asia/Kolkata', '2026-11-21T15:32'],
  ['America/New_York', '2026-11-21T05:02'],
])('in %s the wall shows %s, and that is the same moment again', (timeZone, wall) => {
  preferences.set({ timeZone });
  const at = new Date('2026-11-21T10:02:00.000Z');
  expect(wallTime(at)).toBe(wall);
  expect(fromWallTime(wall)).toEqual(at);
});

test('a field that is empty or half filled in is no moment', () => {
  expect([fromWallTime(''), fromWallTime('2026-11-')]).toEqual([null, null]);
});
