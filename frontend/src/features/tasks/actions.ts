/** Which of the project's actions there are here. Pure. */

import type { NavigationItem } from '@/api/types';

/** Those that run a task, and groups of them: an item that leads to a dashboard of DUFT's leads nowhere here. */
export function offered(items: readonly NavigationItem[]): NavigationItem[] {
  return items.flatMap((item) => {
    const nested = offered(item.items);
    return item.task === null && nested.length === 0 ? [] : [{ ...item, items: nested }];
  });
}

export interface Leaf {
  readonly item: NavigationItem;
  /** Titles of the groups it is in, the outermost first. */
  readonly groups: readonly string[];
}

/** All that run a task, in one row, groups without their bounds. */
export function leaves(items: readonly NavigationItem[], groups: readonly string[] = []): Leaf[] {
  return items.flatMap((item) => [
    ...(item.task === null ? [] : [{ item: { ...item, items: [] }, groups }]),
    ...leaves(item.items, [...groups, item.title]),
  ]);
}
