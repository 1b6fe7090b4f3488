/** Small values that are kept in this browser and shared by its tabs. Without storage they last as long as the page. */

import { useSyncExternalStore } from 'react';

export interface Stored<T> {
  get: () => T;
  set: (value: T) => void;
  use: () => T;
}

/** @param read makes sense of what is stored: another version, or a person, may have written it */
export function stored<T>(key: string, read: (value: unknown) => T): Stored<T> {
  let current = read(load(key));
  const listeners = new Set<() => void>();
  const take = (value: T) => {
    current = value;
    for (const listener of listeners) listener();
  };
  const onStorage = (event: StorageEvent) => {
    // `null`: everything was cleared.
    if (event.key === key || event.key === null) take(read(load(key)));
  };
  const subscribe = (listener: () => void) => {
    if (listeners.size === 0) window.addEventListener('storage', onStorage);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) window.removeEventListener('storage', onStorage);
    };
  };
  const get = () => current;
  return {
    get,
    set: (value) => {
      take(value);
      try {
        localStorage.setItem(key, JSON.stringify(value));
      } catch {
        // Storage is full or switched off.
      }
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}

function load(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    // Storage is switched off, or holds no JSON: as if nothing were there.
    return null;
  }
}
