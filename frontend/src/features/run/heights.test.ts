import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heights } from './heights';

const EXPECTED = 34;
const ROWS = 2_000;
const aMeasure = fc.record({ index: fc.nat(ROWS - 1), height: fc.integer({ min: 10, max: 400 }) });

test('distances are the sums of the rows between', () => {
  fc.assert(
    fc.property(fc.array(aMeasure, { maxLength: 60 }), fc.nat(ROWS), fc.nat(ROWS), (measures, one, other) => {
      const heights = new Heights(EXPECTED);
      const all = Array.from({ length: ROWS }, () => EXPECTED);
      for (const { index, height } of measures) {
        expect(heights.measured(index, height)).toBe(height - (all[index] ?? 0));
        all[index] = height;
      }
      const [first, index] = [Math.min(one, other), Math.max(one, other)];
      const distance = all.slice(first, index).reduce((sum, height) => sum + height, 0);
      expect(heights.between(first, index)).toBe(distance);
      if (index < ROWS) {
        expect(heights.at(first, ROWS, distance)).toBe(index);
        expect(heights.at(first, ROWS, distance + (all[index] ?? 0) - 1)).toBe(index);
      }
    }),
  );
});

test('what lies beyond the last row is the last row', () => {
  const heights = new Heights(EXPECTED);
  expect(heights.at(5, 10, 1_000_000)).toBe(9);
  expect(heights.at(5, 5, 0)).toBe(5);
});

test('a list of another width is measured anew', () => {
  const heights = new Heights(EXPECTED);
  heights.measured(3, 100);
  heights.forget();
  expect(heights.between(0, 10)).toBe(10 * EXPECTED);
});

test('what is forgotten changes no distance among the rest', () => {
  const heights = new Heights(EXPECTED);
  for (const index of [10, 600, 1_300]) heights.measured(index, 100);
  const before = heights.between(1_100, 2_000);
  heights.forgetBefore(1_100);
  expect(heights.between(1_100, 2_000)).toBe(before);
});
