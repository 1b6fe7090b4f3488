/** The filters of the list of runs, as they stand in its address. Pure. */

import type { RunFilters } from '@/api/queries';
import { STATUSES } from '@/lib/statuses';

export function fromSearch(search: URLSearchParams): RunFilters {
  const status = STATUSES.find((known) => known === search.get('status'));
  return { task: search.get('task') ?? undefined, status };
}

export function toSearch({ task, status }: RunFilters): Record<string, string> {
  return { ...(task ? { task } : {}), ...(status ? { status } : {}) };
}

export function isFiltered({ task, status }: RunFilters): boolean {
  return task !== undefined || status !== undefined;
}
