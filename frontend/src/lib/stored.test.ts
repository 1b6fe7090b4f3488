import { act, renderHook } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import * as favourites from '@/lib/favourites';
import { stored } from '@/lib/stored';

const asNumber = (value: unknown) => (typeof value === 'number' ? value : 7);

afterEach(() => localStorage.clear());

test.each(['{no json', '"text"', ''])('%j in the storage is as if nothing were there', (text) => {
  localStorage.setItem('n', text);
  expect(stored('n', asNumber).get()).toBe(7);
});

test('what another tab stores is seen here', () => {
  const value = stored('n', asNumber);
  const { result } = renderHook(() => value.use());
  localStorage.setItem('n', '3');
  act(() => void window.dispatchEvent(new StorageEvent('storage', { key: 'n' })));
  expect(result.current).toBe(3);
});

test('without storage a value lasts as long as the page', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const value = stored('n', asNumber);
  value.set(3);
  expect(value.get()).toBe(3);
});

test('favourites that are none are left out', () => {
  expect(favourites.read(['A', 1, null, 'B'])).toEqual(['A', 'B']);
  expect(favourites.read({ A: true })).toEqual([]);
});
