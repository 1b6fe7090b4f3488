import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rows } from './rows';

const LIMIT = 1000;

function grown(batches: number[][]): Rows<number> {
  return batches.reduce((rows, batch) => {
    const draft = rows.draft(LIMIT);
    for (const value of batch) draft.push(value);
    return draft.finish();
  }, Rows.empty<number>());
}

test('rows come back by their index, whatever batches they were appended in', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer(), { maxLength: 700 }), { maxLength: 8 }), (batches) => {
      const rows = grown(batches);
      const all = batches.flat();
      expect(rows.end).toBe(all.length);
      expect(rows.toArray()).toEqual(all.slice(rows.first));
      expect(rows.length).toBeGreaterThanOrEqual(Math.min(all.length, LIMIT));
      expect(rows.length).toBeLessThan(LIMIT + 512);
      expect(rows).toEqual(grown([all]));
    }),
    { numRuns: 60 },
  );
});

test('a draft leaves the list it came from alone', () => {
  const before = grown([[1, 2, 3]]);
  const draft = before.draft(LIMIT);
  draft.set(1, 20);
  draft.push(4);
  expect(draft.get(1)).toBe(20);
  expect(before.toArray()).toEqual([1, 2, 3]);
  expect(draft.finish().toArray()).toEqual([1, 20, 3, 4]);
});

test('a draft that changed nothing gives the same list', () => {
  const before = grown([[1, 2, 3]]);
  expect(before.draft(LIMIT).finish()).toBe(before);
});

test('forgotten rows keep the indices of the others', () => {
  const rows = grown([Array.from({ length: 2000 }, (_, index) => index)]);
  expect(rows.first).toBe(512);
  expect(rows.get(511)).toBeUndefined();
  expect(rows.get(512)).toBe(512);
  expect(rows.last()).toBe(1999);
  expect(rows.slice(500, 515)).toEqual([512, 513, 514]);
  const draft = rows.draft(LIMIT);
  draft.set(3, -1);
  expect(draft.finish()).toBe(rows);
});
