import { afterEach, expect, test } from 'vitest';
import { formatDuration, formatElapsed, formatMilliseconds } from '@/lib/durations';
import { speak } from '@/texts';

afterEach(() => speak('en'));

test.each([
  [0, '0 ms'],
  [0.004, '4 ms'],
  [0.4, '0.4 s'],
  [0.949, '0.95 s'],
  [1, '1 s'],
  [2.44, '2.4 s'],
  [9.96, '10 s'],
  [12.4, '12 s'],
  [59.7, '1 min'],
  [130, '2 min 10 s'],
  [3599.6, '1 h'],
  [3900, '1 h 5 min'],
  [86_399, '1 d'],
  [273_600, '3 d 4 h'],
])('%d seconds read %j', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('a clock counts whole seconds, and never goes below zero', () => {
  expect([-3, 0.9, 1.2, 59.9, 130.9].map(formatElapsed)).toEqual(['0 s', '0 s', '1 s', '59 s', '2 min 10 s']);
});

test('milliseconds stay milliseconds until they are many', () => {
  expect([0.4, 42.3, 9999, 12_345].map(formatMilliseconds)).toEqual(['0 ms', '42 ms', '9999 ms', '12 s']);
});

test('French has its own comma and its own day', async () => {
  await speak('fr');
  expect([0.4, 273_600].map(formatDuration)).toEqual(['0,4 s', '3 j 4 h']);
});
