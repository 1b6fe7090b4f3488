import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRowKeys } from './row-keys';

test('rows that stay in view keep their keys, and no two rows share one', () => {
  const aStretch = fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]) => ({ from, to: from + length }));
  fc.assert(
    fc.property(fc.array(aStretch, { minLength: 2, maxLength: 10 }), (stretches) => {
      const keysOf = createRowKeys();
      let before = new Map<number, number>();
      for (const { from, to } of stretches) {
        const { keys } = keysOf(from, to);
        expect(new Set(keys).size).toBe(to - from);
        const now = new Map(keys.map((key, position) => [from + position, key]));
        for (const [row, key] of now) if (before.has(row)) expect(key).toBe(before.get(row));
        before = now;
      }
    }),
  );
});

test('rows of which none stays in view are drawn with the elements of those before', () => {
  const keysOf = createRowKeys();
  const { keys } = keysOf(0, 10);
  expect(keysOf(100, 110)).toEqual({ keys, replaced: true });
  expect(keysOf(105, 115).replaced).toBe(false);
});
