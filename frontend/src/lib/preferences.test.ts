import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as preferences from '@/lib/preferences';
import { speak, t } from '@/texts';

const { DEFAULTS } = preferences;

beforeEach(() => {
  localStorage.clear();
});

afterEach(async () => {
  preferences.set(DEFAULTS);
  await speak('en');
});

describe('what was stored', () => {
  test('is taken as it is', () => {
    const chosen = { density: 'compact', timeZone: 'Africa/Kampala', language: 'fr', notifyOwnRuns: true };
    expect(preferences.read(JSON.stringify(chosen))).toEqual(chosen);
  });

  test.each([null, '', 'no JSON', 'null', '[]', '7', '{"density": 3, "timeZone": "Mars/Base", "language": "tlh"}'])(
    'means the usual when it is %j',
    (text) => {
      expect(preferences.read(text)).toEqual(DEFAULTS);
    },
  );

  test('counts as far as it is understood', () => {
    expect(preferences.read('{"density": "compact", "timeZone": "Mars/Base", "new": 1}')).toEqual({
      ...DEFAULTS,
      density: 'compact',
    });
  });
});

test('a choice is kept, and shown at once', () => {
  const { result } = renderHook(() => preferences.usePreferences());
  act(() => preferences.set({ density: 'compact' }));
  expect(result.current.density).toBe('compact');
  expect(document.documentElement).toHaveAttribute('data-density', 'compact');
  expect(preferences.read(localStorage.getItem('taskdeck-preferences')).density).toBe('compact');
});

test('a choice lasts as long as the page where nothing can be stored', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  preferences.set({ timeZone: 'UTC' });
  expect(preferences.timeZone()).toBe('UTC');
});

test('a choice in another tab is followed', async () => {
  await preferences.begin();
  const newValue = JSON.stringify({ ...DEFAULTS, density: 'compact', language: 'fr' });
  window.dispatchEvent(new StorageEvent('storage', { key: 'taskdeck-preferences', newValue }));
  expect(document.documentElement).toHaveAttribute('data-density', 'compact');
  await vi.waitFor(() => expect(t('tasks.title')).toBe('Tâches'));
});

test('the language is the first of the browser that there is', () => {
  const of = (...wanted: string[]) => preferences.languageOf(DEFAULTS, wanted);
  expect([of('fr-CA', 'en'), of('de', 'FR'), of('de-CH', 'en-US', 'fr'), of('sw'), of()]).toEqual(['fr', 'fr', 'en', 'en', 'en']);
});
