/** The tasks that somebody has starred, in this browser. */

import { stored } from '@/lib/stored';

const MOST = 500;

/** Ids of tasks, the one starred last at the end. */
const favourites = stored<readonly string[]>('taskdeck-favourites', read);

export function read(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((id): id is string => typeof id === 'string').slice(-MOST);
}

export function set(id: string, starred: boolean): void {
  const others = favourites.get().filter((other) => other !== id);
  favourites.set((starred ? [...others, id] : others).slice(-MOST));
}

export const useFavourites = (): readonly string[] => favourites.use();
