/** Which of the project's actions there are here. Pure. */

import type { NavigationItem } from '@/api/types';

/** Those that run a task, and groups of them: an item that leads to a dashboard of DUFT's leads nowhere here. */
export function offered(items: readonly NavigationItem[]): NavigationItem[] {
  return items.flatMap((item) => {
    const nested = offered(item.items);
    return item.task === null && nested.length === 0 ? [] : [{ ...item, items: nested }];
  });
}
