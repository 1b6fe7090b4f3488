/** The filters and columns of the list of runs, as they stand in its address. Pure. */

import type { RunFilters } from '@/api/queries';
import type { Recent, TimeFilter } from '@/api/runFilter';
import type { RunStatus, Trigger } from '@/api/types';
import { STATUSES } from '@/lib/statuses';

export const TRIGGERS: readonly Trigger[] = ['dashboard', 'api', 'cli'];
export const SPANS: readonly Recent[] = ['hour', 'today', 'day', 'week'];

export interface RunListView {
  readonly tasks: readonly string[];
  readonly statuses: readonly RunStatus[];
  readonly triggers: readonly Trigger[];
  readonly time: TimeFilter | null;
  readonly words: string;
  /** Names of parameters. */
  readonly columns: readonly string[];
}

export const EVERYTHING: RunListView = { tasks: [], statuses: [], triggers: [], time: null, words: '', columns: [] };

export function fromSearch(search: URLSearchParams): RunListView {
  const known = <T extends string>(all: readonly T[], name: string) => {
    const wanted = search.getAll(name);
    return all.filter((each) => wanted.includes(each));
  };
  return {
    tasks: unique(search.getAll('task')),
    statuses: known(STATUSES, 'status'),
    triggers: known(TRIGGERS, 'by'),
    time: timeOf(search),
    words: search.get('q') ?? '',
    columns: unique(search.getAll('column')),
  };
}

function timeOf(search: URLSearchParams): TimeFilter | null {
  const span = SPANS.find((known) => known === search.get('time'));
  if (span) return { kind: 'recent', span };
  const [since, until] = [moment(search.get('since')), moment(search.get('until'))];
  return since === null && until === null ? null : { kind: 'between', since, until };
}

function moment(text: string | null): string | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}

export function toSearch({ tasks, statuses, triggers, time, words, columns }: RunListView): URLSearchParams {
  const search = new URLSearchParams();
  for (const task of tasks) search.append('task', task);
  for (const status of statuses) search.append('status', status);
  for (const trigger of triggers) search.append('by', trigger);
  if (time?.kind === 'recent') search.set('time', time.span);
  if (time?.kind === 'between') {
    if (time.since !== null) search.set('since', time.since);
    if (time.until !== null) search.set('until', time.until);
  }
  if (words.trim() !== '') search.set('q', words);
  for (const column of columns) search.append('column', column);
  return search;
}

/** What of it is asked of the server. */
export function filtersOf({ tasks, statuses, triggers, time, words }: RunListView): RunFilters {
  return { task: tasks, status: statuses, triggeredBy: triggers, time: time ?? undefined, words };
}

export function isFiltered({ tasks, statuses, triggers, time, words }: RunListView): boolean {
  return tasks.length + statuses.length + triggers.length > 0 || time !== null || words.trim() !== '';
}

/** Two addresses that show the same. */
export function isSame(a: RunListView, b: RunListView): boolean {
  const sorted = (view: RunListView) =>
    toSearch({ ...view, tasks: view.tasks.toSorted(), statuses: view.statuses.toSorted(), triggers: view.triggers.toSorted() });
  return sorted(a).toString() === sorted(b).toString();
}
