import { expect, test } from 'vitest';
import { formatBytes, plural } from '@/lib/numbers';

test('counts agree with their noun', () => {
  expect([plural(0, 'run'), plural(1, 'run'), plural(1204, 'run')]).toEqual(['0 runs', '1 run', '1,204 runs']);
});

test('sizes have three digits and a unit', () => {
  expect([0, 1023, 1024, 1536, 150 * 1024 ** 2].map(formatBytes)).toEqual(['0 B', '1023 B', '1 KB', '1.5 KB', '150 MB']);
});
