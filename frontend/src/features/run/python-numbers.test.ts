import { expect, test } from 'vitest';
import { fixed, general } from './python-numbers';

test.each([
  [0, '0'],
  [-1.5, '-1.5'],
  [100, '100'],
  [999_999, '999999'],
  [999_999.5, '1e+06'],
  [1_000_005, '1e+06'],
  [1_000_015, '1.00002e+06'],
  [100_000.5, '100000'],
  [100_001.5, '100002'],
  [0.0001, '0.0001'],
  [0.000_012_345_67, '1.23457e-05'],
  [1.5e20, '1.5e+20'],
  [1e-120, '1e-120'],
])('%d is written as a person reads it', (value, written) => {
  expect(general(value)).toBe(written);
});

test.each([
  [0.5, '0.500'],
  [0.0625, '0.062'],
  [0.1875, '0.188'],
  [12.3456, '12.346'],
  [61, '61.000'],
])('%d has three digits after the point, a half goes to the even one', (value, written) => {
  expect(fixed(value, 3)).toBe(written);
});
