/** What the news of one run changes in what is already on the screens. */

import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import * as runFilter from '@/api/runFilter';
import type { RunFilter } from '@/api/runFilter';
import { isFinal, type LastRun, type Run, type RunPage, type TaskList, type TaskSummary } from '@/api/types';

const LAST_RUNS = 10;

export function applyRun(queryClient: QueryClient, run: Run): void {
  queryClient.setQueryData<Run>(['run', run.id], (known) => (known && isNewer(known, run) ? known : run));
  for (const [key, data] of queryClient.getQueriesData<InfiniteData<RunPage>>({ queryKey: ['runs'] })) {
    if (data) queryClient.setQueryData(key, withRun(data, run, key[1] as RunFilter));
  }
  queryClient.setQueryData<TaskList>(['tasks'], (list) =>
    list && { ...list, tasks: list.tasks.map((task) => (task.id === run.task ? withLastRun(task, run) : task)) },
  );
  queryClient.setQueryData<TaskSummary>(['task', run.task], (task) => task && withLastRun(task, run));
}

const REFRESH_MILLISECONDS = 1000;

/**
 * Reads again what the news of a run does not tell, at most once a second, however many runs change.
 *
 * That is: how many runs are active; the usual duration of a task one of whose runs has ended; and any list that was
 * being read while the news came, because its answer may be from before.
 */
export function createRefresher(queryClient: QueryClient): { after: (run: Run) => void; stop: () => void } {
  const due = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = () => {
    timer = undefined;
    for (const key of due) void queryClient.invalidateQueries({ queryKey: [key] });
    due.clear();
  };
  return {
    after: (run) => {
      due.add('health');
      if (isFinal(run.status)) due.add('tasks').add('task').add('digests');
      for (const key of ['runs', 'tasks', 'task']) {
        if (queryClient.isFetching({ queryKey: [key] }) > 0) due.add(key);
      }
      timer ??= setTimeout(refresh, REFRESH_MILLISECONDS);
    },
    stop: () => clearTimeout(timer),
  };
}

/**
 * Whether what is known of a run cannot be older than `news`.
 *
 * An attempt runs; then it is final, or the run is queued for the next one, whose number it gets when it begins.
 */
export function isNewer(known: Run, news: Run): boolean {
  if (known.attempt !== news.attempt) return known.attempt > news.attempt;
  return phase(known) > phase(news);
}

function phase(run: Run): number {
  if (isFinal(run.status)) return 2;
  return run.status === 'running' ? 0 : 1;
}

/** The pages with `run` replaced where it is listed, added at the top where it is new, removed where it no longer fits. */
export function withRun(data: InfiniteData<RunPage>, run: Run, filter: RunFilter): InfiniteData<RunPage> {
  const fits = runFilter.fits(run, filter);
  const listed = data.pages.some((page) => page.runs.some((other) => other.id === run.id));
  const newest = data.pages[0]?.runs[0]?.id ?? 0;
  const pages = data.pages.map((page, index) => {
    let runs = page.runs;
    if (listed) {
      runs = fits
        ? runs.map((other) => (other.id === run.id && !isNewer(other, run) ? run : other))
        : runs.filter((other) => other.id !== run.id);
    } else if (fits && index === 0 && run.id > newest) {
      runs = [run, ...runs];
    }
    return runs === page.runs ? page : { ...page, runs };
  });
  return { ...data, pages };
}

export function withLastRun<T extends TaskSummary>(task: T, run: Run): T {
  const news: LastRun = {
    id: run.id,
    status: run.status,
    reason: run.reason,
    created_at: run.created_at,
    started_at: run.started_at,
    finished_at: run.finished_at,
    seconds: run.seconds,
  };
  const known = task.last_runs.find((other) => other.id === run.id);
  const isOld = known && (isFinal(known.status) ? !isFinal(news.status) : known.started_at !== null && news.started_at === null);
  if (isOld) return task;
  const others = task.last_runs.filter((other) => other.id !== run.id);
  const last_runs = [news, ...others].sort((a, b) => b.id - a.id).slice(0, LAST_RUNS);
  return { ...task, last_runs };
}
