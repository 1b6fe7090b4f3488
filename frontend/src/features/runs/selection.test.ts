import { expect, test } from 'vitest';
import { allOrNone, extended, NONE, toggled } from './selection';

const ids = [9, 8, 7, 6, 5];

test('a run is selected, and once more it is not', () => {
  expect([...toggled(NONE, 8)]).toEqual([8]);
  expect([...toggled(new Set([9, 8]), 8)]).toEqual([9]);
});

test('a range is selected in both directions', () => {
  expect([...extended(new Set([8]), ids, 8, 6)]).toEqual([8, 7, 6]);
  expect([...extended(new Set([6]), ids, 6, 8)]).toEqual([6, 8, 7]);
});

test('a range is taken back when its end was selected', () => {
  expect([...extended(new Set([9, 8, 7, 6]), ids, 9, 7)]).toEqual([6]);
});

test('without a beginning that is still listed only the one is meant', () => {
  expect([...extended(NONE, ids, 99, 7)]).toEqual([7]);
  expect([...extended(NONE, ids, null, 7)]).toEqual([7]);
});

test('all are selected, or none if all were', () => {
  expect([...allOrNone(new Set([8]), ids)].toSorted()).toEqual([5, 6, 7, 8, 9]);
  expect([...allOrNone(new Set(ids), ids)]).toEqual([]);
});
