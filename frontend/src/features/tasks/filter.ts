/** Which tasks a page shows. Pure. */

import type { TaskSummary } from '@/api/types';

export interface TaskFilter {
  /** Every word of it must occur in name, id, description or a tag. */
  text: string;
  tag: string | null;
  hidden: boolean;
}

export const everything: TaskFilter = { text: '', tag: null, hidden: false };

/** A task that cannot run is never left out for being hidden: its problems have to be seen. */
export function matching(tasks: TaskSummary[], filter: TaskFilter): TaskSummary[] {
  const words = filter.text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return tasks.filter((task) => {
    if (task.hidden && !filter.hidden && task.runnable) return false;
    if (filter.tag !== null && !task.tags.includes(filter.tag)) return false;
    const searched = [task.name, task.id, task.description, ...task.tags].join('\n').toLocaleLowerCase();
    return words.every((word) => searched.includes(word));
  });
}

export function tagsOf(tasks: TaskSummary[]): string[] {
  return [...new Set(tasks.flatMap((task) => task.tags))].sort((a, b) => a.localeCompare(b));
}
