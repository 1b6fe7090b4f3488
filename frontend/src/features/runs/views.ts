/** Views of the list of runs: filters with a name. Everybody has the first ones; those that were saved are this browser's. */

import { useSyncExternalStore } from 'react';
import { fromSearch, toSearch } from './filters';

export interface SavedView {
  readonly name: string;
  /** As in the address, without the question mark. */
  readonly search: string;
}

/** In the order of the screen; their names are in the catalogue. */
export const STANDARD_VIEWS = [
  { id: 'all', search: '' },
  { id: 'running', search: 'status=queued&status=running' },
  { id: 'failedToday', search: 'status=failed&status=timed_out&status=lost&time=today' },
] as const;

export const MAX_VIEWS = 30;
const MAX_NAME = 60;
const KEY = 'taskdeck-run-views';

/** What was stored, as far as it means something: another version, or a person, may have written it. */
export function read(text: string | null): readonly SavedView[] {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? '[]');
  } catch {
    // No JSON at all: as if nothing were there.
    return [];
  }
  if (!Array.isArray(stored)) return [];
  const views = new Map<string, SavedView>();
  for (const each of stored as unknown[]) {
    if (typeof each !== 'object' || each === null) continue;
    const { name, search } = each as Record<string, unknown>;
    if (typeof name !== 'string' || typeof search !== 'string') continue;
    const title = name.trim().slice(0, MAX_NAME);
    if (title !== '') views.set(title, { name: title, search: toSearch(fromSearch(new URLSearchParams(search))).toString() });
  }
  return [...views.values()].slice(0, MAX_VIEWS);
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // Storage is switched off: views last as long as the page.
    return null;
  }
}

let current = read(stored());
const listeners = new Set<() => void>();

function take(next: string | null): void {
  current = read(next);
  for (const listener of listeners) listener();
}

function write(views: readonly SavedView[]): void {
  const next = JSON.stringify(views);
  take(next);
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is full or switched off: views last as long as the page.
  }
}

/** A view of the same name is replaced. */
export function save(view: SavedView): void {
  const others = current.filter(({ name }) => name !== view.name.trim());
  write([...others, view]);
}

export function remove(name: string): void {
  write(current.filter((view) => view.name !== name));
}

function subscribe(listener: () => void): () => void {
  const fromOtherTab = ({ key, newValue }: StorageEvent) => {
    // `null`: everything was cleared.
    if (key === KEY || key === null) take(key === null ? null : newValue);
  };
  listeners.add(listener);
  window.addEventListener('storage', fromOtherTab);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', fromOtherTab);
  };
}

export function useSavedViews(): readonly SavedView[] {
  return useSyncExternalStore(subscribe, () => current);
}
