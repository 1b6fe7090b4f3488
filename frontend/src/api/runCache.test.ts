import { QueryClient, type InfiniteData } from '@tanstack/react-query';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { applyRun, createRefresher, withLastRun, withRun } from '@/api/runCache';
import { normal } from '@/api/runFilter';
import type { Run, RunPage, TaskList } from '@/api/types';
import * as factories from '@/test/factories';

const pages = (...runs: Run[][]): InfiniteData<RunPage> => ({
  pages: runs.map((page) => ({ runs: page, next_before: null })),
  pageParams: runs.map(() => null),
});
const ids = (data: InfiniteData<RunPage>) => data.pages.map((page) => page.runs.map((run) => run.id));
const all = normal({});

afterEach(() => {
  vi.useRealTimers();
});

describe('the list of runs', () => {
  test('gets a new run at the top', () => {
    const data = withRun(pages([factories.run({ id: 5 })], [factories.run({ id: 4 })]), factories.run({ id: 6 }), all);
    expect(ids(data)).toEqual([[6, 5], [4]]);
  });

  test('gets the news of a run in its place', () => {
    const before = pages([factories.run({ id: 5 }), factories.run({ id: 4, status: 'running' })]);
    const data = withRun(before, factories.run({ id: 4, status: 'failed' }), all);
    expect(data.pages[0]?.runs.map((run) => run.status)).toEqual(['succeeded', 'failed']);
  });

  test('loses a run that no longer fits its filter', () => {
    const filters = normal({ status: 'running' });
    const before = pages([factories.run({ id: 5, status: 'running' })]);
    expect(ids(withRun(before, factories.run({ id: 5, status: 'failed' }), filters))).toEqual([[]]);
  });

  test('does not get a run of another task', () => {
    const before = pages([factories.run({ id: 5 })]);
    expect(ids(withRun(before, factories.run({ id: 6, task: 'OTHER' }), normal({ task: 'SAMPLE' })))).toEqual([[5]]);
  });

  test('does not get an old run that is on a page not loaded yet', () => {
    const before = pages([factories.run({ id: 5 })]);
    expect(ids(withRun(before, factories.run({ id: 2 }), all))).toEqual([[5]]);
  });
});

describe('news that come late', () => {
  test('do not make a finished run a running one again', () => {
    const queryClient = new QueryClient();
    applyRun(queryClient, factories.run({ status: 'succeeded' }));
    applyRun(queryClient, factories.run({ status: 'running', finished_at: null, seconds: null }));
    expect(queryClient.getQueryData<Run>(['run', 812])?.status).toBe('succeeded');
  });

  test('do not make a running run a queued one again', () => {
    const queryClient = new QueryClient();
    applyRun(queryClient, factories.run({ status: 'running', attempt: 1 }));
    applyRun(queryClient, factories.run({ status: 'queued', attempt: 0 }));
    expect(queryClient.getQueryData<Run>(['run', 812])?.status).toBe('running');
  });

  test('do not make a run that waits for its next attempt a running one again', () => {
    const queryClient = new QueryClient();
    applyRun(queryClient, factories.run({ status: 'queued', attempt: 1 }));
    applyRun(queryClient, factories.run({ status: 'running', attempt: 1 }));
    expect(queryClient.getQueryData<Run>(['run', 812])?.status).toBe('queued');
  });

  test('of another attempt count', () => {
    const queryClient = new QueryClient();
    applyRun(queryClient, factories.run({ status: 'lost', attempt: 1 }));
    applyRun(queryClient, factories.run({ status: 'running', attempt: 2 }));
    expect(queryClient.getQueryData<Run>(['run', 812])?.status).toBe('running');
  });
});

describe('the last runs of a task', () => {
  test('begin with the newest and are at most ten', () => {
    const last_runs = Array.from({ length: 10 }, (_, index) => factories.run({ id: 20 - index }));
    const task = withLastRun(factories.taskSummary({ last_runs }), factories.run({ id: 21 }));
    expect(task.last_runs.map((run) => run.id)).toEqual([21, 20, 19, 18, 17, 16, 15, 14, 13, 12]);
  });

  test('change in the list of tasks', () => {
    const queryClient = new QueryClient();
    queryClient.setQueryData(['tasks'], factories.taskList());
    applyRun(queryClient, factories.run({ status: 'running' }));
    expect(queryClient.getQueryData<TaskList>(['tasks'])?.tasks[0]?.last_runs[0]).toMatchObject({ id: 812, status: 'running' });
  });
});

test('many runs that end make one reading of the tasks', () => {
  vi.useFakeTimers();
  const queryClient = new QueryClient();
  const invalidate = vi.spyOn(queryClient, 'invalidateQueries');
  const refresher = createRefresher(queryClient);
  for (let id = 1; id <= 50; id += 1) refresher.after(factories.run({ id }));
  vi.advanceTimersByTime(1000);
  expect(invalidate.mock.calls.map(([filters]) => filters?.queryKey)).toEqual([['health'], ['tasks'], ['task'], ['digests']]);
});
