/**
 * The runs of which somebody wants to hear when they end. Only their numbers: how they are, the server knows. Kept in
 * the browser and shared by its tabs, of which one alone may tell.
 */

import { useSyncExternalStore } from 'react';

export interface WatchedRuns {
  /** Those that have not ended, as far as any tab has noticed. */
  readonly watched: readonly number[];
  /** Those that have ended, and nobody has seen it yet. */
  readonly ended: readonly number[];
}

const KEY = 'taskdeck-watched-runs';
/** So many at once; the oldest are forgotten. */
const LIMIT = 50;
const NONE: WatchedRuns = { watched: [], ended: [] };

export function withWatched(runs: WatchedRuns, id: number): WatchedRuns {
  if (runs.watched.includes(id)) return runs;
  return { ...runs, watched: [...runs.watched, id].slice(-LIMIT) };
}

export function without(runs: WatchedRuns, id: number): WatchedRuns {
  const others = (ids: readonly number[]) => ids.filter((other) => other !== id);
  return { watched: others(runs.watched), ended: others(runs.ended) };
}

export function withEnded(runs: WatchedRuns, id: number): WatchedRuns {
  if (!runs.watched.includes(id)) return runs;
  return { watched: without(runs, id).watched, ended: [...runs.ended, id].slice(-LIMIT) };
}

/** What was stored, as far as it means something. */
export function read(text: string | null): WatchedRuns {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? '{}');
  } catch {
    // No JSON at all: as if nothing were there.
    return NONE;
  }
  if (typeof stored !== 'object' || stored === null) return NONE;
  const { watched, ended } = stored as Record<string, unknown>;
  return { watched: numbers(watched), ended: numbers(ended) };
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((each): each is number => Number.isSafeInteger(each)).slice(-LIMIT) : [];
}

let current: WatchedRuns | null = null;
const listeners = new Set<() => void>();

function get(): WatchedRuns {
  current ??= load();
  return current;
}

function load(): WatchedRuns {
  try {
    return read(localStorage.getItem(KEY));
  } catch {
    // Storage is switched off: what is watched lasts as long as the page.
    return current ?? NONE;
  }
}

function take(next: WatchedRuns): void {
  current = next;
  for (const listener of listeners) listener();
}

/** @returns whether it changed anything */
function change(how: (runs: WatchedRuns) => WatchedRuns): boolean {
  // Not what this tab knows: another may have changed it a moment ago.
  const before = load();
  const next = how(before);
  if (next === before) {
    if (JSON.stringify(current) !== JSON.stringify(before)) take(before);
    return false;
  }
  take(next);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Storage is full or switched off: what is watched lasts as long as the page.
  }
  return true;
}

/** One tab after the other. Where the browser has no locks (plain http to another machine), two may coincide. */
async function inTurn(how: (runs: WatchedRuns) => WatchedRuns): Promise<boolean> {
  if (!('locks' in navigator)) return change(how);
  return navigator.locks.request(KEY, () => change(how));
}

export function watch(id: number): void {
  change((runs) => withWatched(runs, id));
}

export function forget(id: number): void {
  change((runs) => without(runs, id));
}

/** @returns whether this tab was the first to notice, and is the one to tell */
export function end(id: number): Promise<boolean> {
  return inTurn((runs) => withEnded(runs, id));
}

/** @returns whether this tab is the one to show it */
export function see(id: number): Promise<boolean> {
  return inTurn((runs) => (runs.ended.includes(id) ? without(runs, id) : runs));
}

function subscribe(listener: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => {
    // `null`: everything was cleared.
    if (key === KEY || key === null) take(load());
  };
  if (listeners.size === 0) take(load());
  listeners.add(listener);
  window.addEventListener('storage', onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', onStorage);
  };
}

export function useWatchedRuns(): WatchedRuns {
  return useSyncExternalStore(subscribe, get);
}
