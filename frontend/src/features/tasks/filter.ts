/** Which tasks a page shows, and in which order. Pure. */

import type { TaskSummary } from '@/api/types';
import { score, wordsOf, type Searchable } from '@/features/tasks/search';

export interface TaskFilter {
  /** Every word of it must occur in name, id, description or a tag. */
  text: string;
  /** All of them. */
  tags: readonly string[];
  favourites: boolean;
  hidden: boolean;
}

export const everything: TaskFilter = { text: '', tags: [], favourites: false, hidden: false };

/** Where the text is kept in the address. */
export const TEXT = 'q';

/** What the address says, but for the text: that is typed, and gets there later. */
export function fromAddress(search: URLSearchParams): Omit<TaskFilter, 'text'> {
  return { tags: search.getAll('tag'), favourites: search.has('favourites'), hidden: search.has('hidden') };
}

export function toAddress({ text, tags, favourites, hidden }: TaskFilter): URLSearchParams {
  const search = new URLSearchParams();
  if (text) search.set(TEXT, text);
  for (const tag of tags) search.append('tag', tag);
  if (favourites) search.set('favourites', '');
  if (hidden) search.set('hidden', '');
  return search;
}

/**
 * The tasks in question, the best match first. Among equals favourites come first, then the project's own order.
 *
 * A task that cannot run is never left out for being hidden: its problems have to be seen.
 */
export function matching(tasks: readonly Searchable[], filter: TaskFilter, starred: readonly string[]): Searchable[] {
  const words = wordsOf(filter.text);
  const found = tasks.flatMap((each, place) => {
    const { task } = each;
    if (task.hidden && !filter.hidden && task.runnable) return [];
    if (!filter.tags.every((tag) => task.tags.includes(tag))) return [];
    const star = starred.includes(task.id);
    if (filter.favourites && !star) return [];
    const points = words.length === 0 ? 1 : score(each, words);
    return points === 0 ? [] : [{ each, points, star: star ? 1 : 0, place }];
  });
  found.sort((a, b) => b.points - a.points || b.star - a.star || a.place - b.place);
  return found.map(({ each }) => each);
}

export function tagsOf(tasks: readonly TaskSummary[]): string[] {
  return [...new Set(tasks.flatMap((task) => task.tags))].sort((a, b) => a.localeCompare(b));
}
