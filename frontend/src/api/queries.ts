/** What can be asked of the server: one set of query options for each question. */

import { infiniteQueryOptions, keepPreviousData, queryOptions, replaceEqualDeep } from '@tanstack/react-query';
import { request, requestBeginning, requestText } from '@/api/client';
import type { StoredNotebook } from '@/api/notebook';
import { isNewer } from '@/api/runCache';
import * as runFilter from '@/api/runFilter';
import type { TimeFilter } from '@/api/runFilter';
import { started } from '@/api/startedRuns';
import {
  isFinal,
  type BulkAction,
  type BulkResult,
  type Comparison,
  type Connection,
  type Environment,
  type Estimate,
  type Health,
  type LogPage,
  type Navigation,
  type Run,
  type RunDetail,
  type RunDigests,
  type RunOutput,
  type RunPage,
  type RunStatus,
  type Task,
  type TaskDocumentation,
  type TaskLint,
  type TaskList,
  type TaskSource,
  type TestResult,
  type Trigger,
  type Validation,
} from '@/api/types';

/** Which runs are listed; what is left out lets through all. */
export interface RunFilters {
  task?: string | readonly string[] | undefined;
  status?: RunStatus | readonly RunStatus[] | undefined;
  triggeredBy?: readonly Trigger[] | undefined;
  /** Created at most so long ago, or between two moments in ISO 8601. */
  time?: TimeFilter | undefined;
  words?: string | undefined;
}

export const RUNS_PER_PAGE = 50;

function search(values: Record<string, string | number | readonly string[] | null | undefined>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value as string | number | null | undefined]) {
      if (one !== undefined && one !== null && one !== '') given.append(name, String(one));
    }
  }
  const text = given.toString();
  return text ? `?${text}` : '';
}

export const health = () =>
  queryOptions({
    queryKey: ['health'],
    queryFn: ({ signal }) => request<Health>('/api/health', { signal }),
    refetchInterval: 30_000,
    // Somebody may have signed in, or out, in another tab.
    refetchOnWindowFocus: 'always' as const,
  });

export const tasks = () =>
  queryOptions({ queryKey: ['tasks'], queryFn: ({ signal }) => request<TaskList>('/api/tasks', { signal }) });

export const task = (id: string) =>
  queryOptions({
    queryKey: ['task', id],
    queryFn: ({ signal }) => request<Task>(`/api/tasks/${encodeURIComponent(id)}`, { signal }),
  });

/** What a run with these values, as the JSON of an object, would meet. Nothing waits for it: it is not asked twice. */
export const validation = (taskId: string, parameters: string) =>
  queryOptions({
    queryKey: ['validation', taskId, parameters],
    queryFn: ({ signal }) =>
      request<Validation>(`/api/tasks/${encodeURIComponent(taskId)}/validate`, {
        method: 'POST',
        body: { parameters: JSON.parse(parameters) as unknown },
        signal,
      }),
    retry: false,
    placeholderData: keepPreviousData,
    // Values may be secret.
    gcTime: 30_000,
  });

/** The last runs of a task, with their values. */
export const lastRuns = (taskId: string, limit: number) =>
  queryOptions({
    queryKey: ['lastRuns', taskId, limit],
    queryFn: async ({ signal }) => (await request<RunPage>(`/api/runs${search({ task: taskId, limit })}`, { signal })).runs,
    staleTime: 0,
  });

/** What its author wrote about a task. Its key begins with the task's: both change with the project's files. */
export const taskDocumentation = (id: string) =>
  queryOptions({
    queryKey: ['task', id, 'documentation'],
    queryFn: ({ signal }) => request<TaskDocumentation>(`/api/tasks/${encodeURIComponent(id)}/documentation`, { signal }),
  });

export const taskSource = (id: string) =>
  queryOptions({
    queryKey: ['task', id, 'source'],
    queryFn: ({ signal }) => request<TaskSource>(`/api/tasks/${encodeURIComponent(id)}/source`, { signal }),
  });

/** What is wrong with the code of a task. It takes seconds to find out, and changes when its author saves. */
export const taskLint = (id: string) =>
  queryOptions({
    queryKey: ['task', id, 'lint'],
    queryFn: ({ signal }) => request<TaskLint>(`/api/tasks/${encodeURIComponent(id)}/lint`, { signal }),
  });

/** The project's actions of the sidebar; theirs is the catalogue's fate, and so is their key. */
export const navigation = () =>
  queryOptions({
    queryKey: ['tasks', 'navigation'],
    queryFn: ({ signal }) => request<Navigation>('/api/navigation', { signal }),
  });

export const run = (id: number) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: ({ signal }) => request<Run>(`/api/runs/${id}`, { signal }),
    // An answer that was under way while the socket told something newer must not undo it.
    structuralSharing: (known, answer) =>
      known && isNewer(known as Run, answer as Run) ? known : replaceEqualDeep(known, answer),
  });

/** What only the run itself tells, read again when an attempt begins or ends. */
export const runDetail = ({ id, attempt, status }: Run) =>
  queryOptions({
    queryKey: ['run', id, 'attempts', attempt, status],
    queryFn: async ({ signal }) => {
      const { attempts, config_version } = await request<RunDetail>(`/api/runs/${id}`, { signal });
      return { attempts, config_version };
    },
    placeholderData: keepPreviousData,
  });

/** `noted`: the hash among the run's facts. What has it never changes. */
export const runEnvironment = (id: number, noted: string) =>
  queryOptions({
    queryKey: ['run', id, 'environment', noted],
    queryFn: ({ signal }) => request<Environment>(`/api/runs/${id}/environment`, { signal }),
    staleTime: Infinity,
  });

/** Asked for anew when the run has told its cells: they are what it rests on. */
export const runEstimate = (id: number, cellCount: number) =>
  queryOptions({
    queryKey: ['run', id, 'estimate', cellCount],
    queryFn: ({ signal }) => request<Estimate>(`/api/runs/${id}/estimate`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });

export const runs = (filters: RunFilters) => {
  const key = runFilter.normal(filters);
  return infiniteQueryOptions({
    queryKey: ['runs', key],
    queryFn: ({ pageParam, signal }) => {
      const { since, until } = runFilter.span(key.time);
      return request<RunPage>(
        `/api/runs${search({
          task: key.tasks,
          status: key.statuses,
          triggered_by: key.triggers,
          since,
          until,
          q: key.words,
          before: pageParam,
          limit: RUNS_PER_PAGE,
        })}`,
        { signal },
      );
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page: RunPage) => page.next_before,
    placeholderData: keepPreviousData,
  });
};

/** At most so many tasks are told at once. */
export const TASKS_OF_DIGESTS = 20;

/** How the last runs of these tasks ended and how long they took, newest first. */
export const runDigests = (tasks: readonly string[]) =>
  queryOptions({
    queryKey: ['digests', tasks],
    queryFn: ({ signal }) => request<RunDigests>(`/api/runs/digests${search({ task: tasks })}`, { signal }),
    enabled: tasks.length > 0,
    placeholderData: keepPreviousData,
  });

/** The last run of the task that succeeded before this one; `null` where there is none. */
export const successBefore = ({ id, task: of }: Pick<Run, 'id' | 'task'>) =>
  queryOptions({
    queryKey: ['success-before', id],
    queryFn: async ({ signal }) =>
      (await request<RunPage>(`/api/runs${search({ task: of, status: 'succeeded', before: id, limit: 1 })}`, { signal })).runs[0] ??
      null,
  });

const LIVE_MILLISECONDS = 5_000;

/** Read again every few seconds until both runs have ended. */
export const comparison = (a: number, b: number) =>
  queryOptions({
    queryKey: ['comparison', a, b],
    queryFn: ({ signal }) => request<Comparison>(`/api/runs/compare${search({ a, b })}`, { signal }),
    refetchInterval: ({ state }) =>
      state.data && !(isFinal(state.data.a.status) && isFinal(state.data.b.status)) ? LIVE_MILLISECONDS : false,
  });

/** The executed notebook, as far as the run has come. */
export const runNotebook = ({ id, status }: Pick<Run, 'id' | 'status'>) =>
  queryOptions({
    queryKey: ['run', id, 'notebook'],
    queryFn: ({ signal }) => request<StoredNotebook>(`/api/runs/${id}/notebook`, { signal }),
    staleTime: isFinal(status) ? Infinity : 0,
    refetchInterval: isFinal(status) ? false : LIVE_MILLISECONDS,
  });

export const runOutputs = (id: number) =>
  queryOptions({
    queryKey: ['run', id, 'outputs'],
    queryFn: ({ signal }) => request<{ outputs: RunOutput[] }>(`/api/runs/${id}/outputs`, { signal }),
  });

/** The beginning of a published file, at most `bytes` of it. */
export const outputBeginning = (id: number, { name, file, size }: RunOutput, bytes: number) =>
  queryOptions({
    queryKey: ['run', id, 'outputs', name, file, size, bytes],
    queryFn: ({ signal }) => requestBeginning(`/api/runs/${id}/outputs/${encodeURIComponent(name)}`, bytes, { signal }),
  });

export const runSource = (id: number) =>
  queryOptions({
    queryKey: ['run', id, 'source'],
    queryFn: ({ signal }) => requestText(`/api/runs/${id}/source`, { signal }),
    staleTime: Infinity,
  });

interface LogRange {
  before?: number;
  after?: number;
  limit: number;
  level?: string;
  source?: string;
}

/** Lines of a run's log; from its end, unless the range says otherwise. */
export const logLines = (id: number, range: LogRange, signal: AbortSignal) =>
  request<LogPage>(`/api/runs/${id}/log/lines${search({ ...range })}`, { signal });

/** Lines that hold a text, as far as the server came in a fraction of a second. */
export const searchLog = (id: number, range: LogRange & { q: string }, signal: AbortSignal) =>
  request<LogPage>(`/api/runs/${id}/log/search${search({ ...range })}`, { signal });

export const connections = () =>
  queryOptions({
    queryKey: ['connections'],
    queryFn: ({ signal }) => request<{ connections: Connection[] }>('/api/connections', { signal }),
  });

export interface NewRun {
  task: string;
  parameters: Readonly<Record<string, unknown>>;
  rerun_of: number | null;
}

/** @param key repeats of one press of Run share it, so that a lost answer never starts a second run */
export const startRun = async (body: NewRun, key: string) =>
  started(await request<Run>('/api/runs', { method: 'POST', body, headers: { 'Idempotency-Key': key } }));

/** @param key repeats of one press of the button share it, so that a lost answer starts nothing twice */
export const actOnRuns = (action: BulkAction, runIds: readonly number[], key: string) =>
  request<{ results: BulkResult[] }>('/api/runs/bulk', {
    method: 'POST',
    body: { action, run_ids: runIds },
    headers: { 'Idempotency-Key': key },
  });

export const writeSample = () => request('/api/sample', { method: 'POST' });

export const cancelRun = (id: number) => request<Run>(`/api/runs/${id}/cancel`, { method: 'POST' });

export const saveConnection = (id: string, values: Record<string, unknown>) =>
  request<Connection>(`/api/connections/${encodeURIComponent(id)}/values`, { method: 'PUT', body: { values } });

export const testConnection = (id: string, values: Record<string, unknown> | null) =>
  request<TestResult>(`/api/connections/${encodeURIComponent(id)}/test`, {
    method: 'POST',
    body: values === null ? {} : { values },
  });
