/**
 * How somebody wants to see the dashboard. Kept in her browser and shared by its tabs. The colours are Mantine's to
 * keep (`useMantineColorScheme`); `public/first-paint.js` reads all of it before the first drawing.
 */

import { useSyncExternalStore } from 'react';
import { LANGUAGES, redraw, speak, type Language } from '@/texts';

export interface Preferences {
  readonly density: 'comfortable' | 'compact';
  /** The browser's zone, or the name of one as `Intl` knows them, "UTC" among them. */
  readonly timeZone: string;
  readonly language: Language | 'system';
  /** Watch every run that is started in this browser. */
  readonly notifyOwnRuns: boolean;
}

export const DENSITIES = ['comfortable', 'compact'] as const;
export const BROWSER_ZONE = 'browser';

export const DEFAULTS: Preferences = {
  density: 'comfortable',
  timeZone: BROWSER_ZONE,
  language: 'system',
  notifyOwnRuns: false,
};

const KEY = 'taskdeck-preferences';

/** What was stored, as far as it means something: another version, or a person, may have written it. */
export function read(text: string | null): Preferences {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? '{}');
  } catch {
    // No JSON at all: as if nothing were there.
    return DEFAULTS;
  }
  if (typeof stored !== 'object' || stored === null) return DEFAULTS;
  const { density, timeZone: zone, language, notifyOwnRuns } = stored as Record<string, unknown>;
  return {
    density: DENSITIES.find((known) => known === density) ?? DEFAULTS.density,
    timeZone: typeof zone === 'string' && isTimeZone(zone) ? zone : DEFAULTS.timeZone,
    language: LANGUAGES.find((known) => known === language) ?? DEFAULTS.language,
    notifyOwnRuns: notifyOwnRuns === true,
  };
}

function isTimeZone(name: string): boolean {
  if (name === BROWSER_ZONE) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // Not one that this browser knows.
    return false;
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // Storage is switched off: what is chosen lasts as long as the page.
    return null;
  }
}

let current = read(stored());
const listeners = new Set<() => void>();

export function get(): Preferences {
  return current;
}

export function set(changes: Partial<Preferences>): void {
  take({ ...current, ...changes });
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Storage is full or switched off: what is chosen lasts as long as the page.
  }
}

/** @throws when the texts of the language cannot be loaded; it stays what it was */
export async function chooseLanguage(language: Preferences['language']): Promise<void> {
  await speak(languageOf({ ...current, language }));
  set({ language });
}

function take(next: Preferences): void {
  const before = current;
  current = next;
  show(next);
  if (before.timeZone !== next.timeZone) redraw();
  for (const listener of listeners) listener();
}

function show({ density }: Preferences): void {
  document.documentElement.dataset.density = density;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, get);
}

/** The zone for `Intl`; the browser's own is `undefined`. */
export function timeZone(): string | undefined {
  return current.timeZone === BROWSER_ZONE ? undefined : current.timeZone;
}

/** The first language of the browser that there is a catalogue for. */
export function languageOf({ language }: Preferences, wanted: readonly string[] = navigator.languages): Language {
  if (language !== 'system') return language;
  const short = wanted.map((name) => name.toLowerCase().split('-')[0]);
  return short.map((name) => LANGUAGES.find((known) => known === name)).find((known) => known !== undefined) ?? 'en';
}

/**
 * Follows what is chosen here and in other tabs, for as long as the page is open.
 *
 * @returns when the texts of the language are there; the page may be drawn in English when they do not come
 */
export async function begin(): Promise<void> {
  show(current);
  window.addEventListener('storage', ({ key, newValue }) => {
    // `null`: everything was cleared.
    if (key !== KEY && key !== null) return;
    take(read(key === null ? null : newValue));
    void follow();
  });
  await follow();
}

async function follow(): Promise<void> {
  try {
    await speak(languageOf(current));
  } catch {
    // Its texts did not come; the page goes on in the language it has, and the next one tries again.
  }
}
