import { afterEach, expect, test } from 'vitest';
import { formatBytes, formatCount, formatValue } from '@/lib/numbers';
import { speak } from '@/texts';

afterEach(() => speak('en'));

test('thousands are set apart', () => {
  expect([0, 1, 1204].map(formatCount)).toEqual(['0', '1', '1,204']);
});

test('values have six places at most', () => {
  expect(formatValue(1234.56789123)).toBe('1,234.567891');
});

test('sizes have three digits and a unit', () => {
  expect([0, 1023, 1024, 1536, 150 * 1024 ** 2].map(formatBytes)).toEqual(['0 B', '1023 B', '1 KB', '1.5 KB', '150 MB']);
});

test('French has its own comma and its own bytes', async () => {
  await speak('fr');
  expect(formatBytes(1536)).toBe('1,5 Ko');
  expect(formatCount(1204).replace(/\s/g, ' ')).toBe('1 204');
});
