import { expect, test } from 'vitest';
import { next } from '@/lib/shortcuts';

const known = ['g t', 'g r', '/', 'r'];

test('one key is carried out at once', () => {
  expect(next('', '/', known)).toEqual({ hit: '/', pending: '' });
});

test('the first key of two waits for the second', () => {
  expect(next('', 'g', known)).toEqual({ hit: null, pending: 'g' });
  expect(next('g', 't', known)).toEqual({ hit: 'g t', pending: '' });
});

test('the second of two wins over the same key alone', () => {
  expect(next('g', 'r', known)).toEqual({ hit: 'g r', pending: '' });
});

test('a key that continues nothing begins anew', () => {
  expect(next('g', 'g', known)).toEqual({ hit: null, pending: 'g' });
  expect(next('g', '/', known)).toEqual({ hit: '/', pending: '' });
  expect(next('g', 'x', known)).toEqual({ hit: null, pending: '' });
});
